using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Data;

public sealed class NewerSchemaTests() : NewerSchemaSuite(new SqliteFile());
