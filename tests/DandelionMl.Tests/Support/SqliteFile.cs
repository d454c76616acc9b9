using DandelionMl.Data;

namespace DandelionMl.Tests.Support;

/// <summary>A SQLite file of a test's own. Each database opened on it stands for a process of its own.</summary>
public sealed class SqliteFile : TestDatabase
{
    private readonly TemporaryFolder _folder = new();

    public string Path => System.IO.Path.Combine(_folder.Path, "dandelion.db");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override DatabaseProvider OpenProvider() => new SqliteProvider(Path);
}
