using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public sealed class UploadIntakeTests() : UploadIntakeSuite(new SqliteFile());
