using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Curation;

public sealed class PhotoSearchTests() : PhotoSearchSuite(new SqliteFile());
