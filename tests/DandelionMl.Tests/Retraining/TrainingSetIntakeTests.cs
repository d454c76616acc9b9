using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Retraining;

public sealed class TrainingSetIntakeTests() : TrainingSetIntakeSuite(new SqliteFile());
