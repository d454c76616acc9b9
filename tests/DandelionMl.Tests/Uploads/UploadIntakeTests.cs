using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Uploads;

public sealed class UploadIntakeTests() : UploadIntakeSuite(new SqliteFile());
