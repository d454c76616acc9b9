using DandelionMl.Data;

namespace DandelionMl.Tests.Support;

/// <summary>The database of one test, of whichever kind.</summary>
public abstract class TestDatabase : IAsyncDisposable
{
    private readonly List<Database> _opened = [];

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var database in _opened)
        {
            await database.DisposeAsync();
        }
    }

    /// <summary>Opens the database, as a process of its own does.</summary>
    /// <param name="decorate">What stands between the process and its provider; nothing if null.</param>
    internal Database Open(Func<DatabaseProvider, DatabaseProvider>? decorate = null)
    {
        var provider = OpenProvider();
        var database = new Database(decorate?.Invoke(provider) ?? provider);
        lock (_opened)
        {
            _opened.Add(database);
        }

        return database;
    }

    private protected abstract DatabaseProvider OpenProvider();
}
