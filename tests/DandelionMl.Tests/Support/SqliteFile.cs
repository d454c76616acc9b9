using DandelionMl.Data;

namespace DandelionMl.Tests.Support;

/// <summary>A SQLite file of a test's own. Each database opened on it stands for a process of its own.</summary>
internal sealed class SqliteFile : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Database> _databases = [];

    public string Path => System.IO.Path.Combine(_folder.Path, "dandelion.db");

    public Database Open()
    {
        var database = Database.OpenSqlite(Path);
        lock (_databases)
        {
            _databases.Add(database);
        }

        return database;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases)
        {
            await database.DisposeAsync();
        }

        _folder.Dispose();
    }
}
