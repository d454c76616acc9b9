using DandelionMl.Data;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Retraining;

public sealed class TrainingSetIntakeTests : TrainingSetIntakeSuite
{
    private readonly SqliteFile _file = new();

    public override async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override Database OpenDatabase() => _file.Open();
}
