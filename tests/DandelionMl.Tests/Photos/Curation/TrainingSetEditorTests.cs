using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public sealed class TrainingSetEditorTests() : TrainingSetEditorSuite(new SqliteFile());
