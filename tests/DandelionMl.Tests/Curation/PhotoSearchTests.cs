using DandelionMl.Data;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Curation;

public sealed class PhotoSearchTests : PhotoSearchSuite
{
    private readonly SqliteFile _file = new();

    public override async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override Database OpenDatabase() => _file.Open();
}
