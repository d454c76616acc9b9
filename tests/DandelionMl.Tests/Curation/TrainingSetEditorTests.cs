using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Curation;

public sealed class TrainingSetEditorTests() : TrainingSetEditorSuite(new SqliteFile());
