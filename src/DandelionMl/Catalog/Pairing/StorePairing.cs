using System.Text;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Catalog.Pairing;

/// <summary>Makes sure that the store and the database belong together: the same id is kept in both, made at first use. Where they don't, as
/// with another database, a store of another installation, or a folder of each host beside one PostgreSQL, nothing may be written,
/// moved or deleted. Thread-safe.</summary>
internal sealed class StorePairing : IDisposable
{
    /// <summary>The object that holds the id.</summary>
    public const string Key = "dandelion-store-id";

    /// <summary>The setting that holds it.</summary>
    public const string Setting = "store_id";

    private const int IdLength = 32;

    /// <summary>How many of the database's photos are looked for in a store that has no id yet, as that of an earlier version.</summary>
    private const int Samples = 20;

    private const string WhatToDo =
        "Check the connection to the database, and the folder or the bucket. If they do belong together, as after a restored backup, "
        + "join them: Reconciler.AdoptAsync, 'dandelion reconcile --adopt'.";

    private readonly Database _database;
    private readonly IImageStore _store;
    private readonly SemaphoreSlim _once = new(1, 1);
    private volatile Known _known;

    public StorePairing(Database database, IImageStore store) => (_database, _store) = (database, store);

    /// <summary>Makes sure of it before something is read: once for the process.</summary>
    /// <exception cref="DatabaseException">They don't belong together, or the database does not answer.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer as a store.</exception>
    public ValueTask CheckAsync(CancellationToken cancellationToken) =>
        _known >= Known.MayRead ? ValueTask.CompletedTask : new ValueTask(RunAsync(mayPair: false, enough: Known.MayRead, cancellationToken));

    /// <summary>Makes sure of it before something is changed: once for the process. A new store and a new database are joined.</summary>
    /// <inheritdoc cref="CheckAsync"/>
    public ValueTask EnsureAsync(CancellationToken cancellationToken) =>
        _known == Known.Paired ? ValueTask.CompletedTask : new ValueTask(RunAsync(mayPair: true, enough: Known.Paired, cancellationToken));

    /// <summary>Looks again, whatever was found before, as something is about to be deleted.</summary>
    /// <inheritdoc cref="CheckAsync"/>
    public Task RecheckAsync(CancellationToken cancellationToken) => RunAsync(mayPair: true, enough: null, cancellationToken);

    /// <summary>Joins the store and the database, whatever they were joined to before.</summary>
    /// <inheritdoc cref="CheckAsync"/>
    public async Task AdoptAsync(CancellationToken cancellationToken)
    {
        var id = NewId();
        await _database.WriteIdempotentAsync(session => SettingRows.SetAsync(session, Setting, id), cancellationToken).ConfigureAwait(false);
        await WriteAsync(id, cancellationToken).ConfigureAwait(false);
        _known = Known.Paired;
    }

    public void Dispose() => _once.Dispose();

    /// <param name="mayPair">Whether a new store and a new database may be joined.</param>
    /// <param name="enough">With what nothing is left to find out, where another caller has found it meanwhile; null to look in any case.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    private async Task RunAsync(bool mayPair, Known? enough, CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_known >= enough)
            {
                return;
            }

            _known = Known.Nothing;
            var known = await CompareAsync(mayPair, cancellationToken).ConfigureAwait(false);
            if (known == Known.Paired)
            {
                await MovedFolder.FollowAsync(_database, _store, cancellationToken).ConfigureAwait(false);
            }

            _known = known;
        }
        finally
        {
            _once.Release();
        }
    }

    private async Task<Known> CompareAsync(bool mayPair, CancellationToken cancellationToken)
    {
        var (expected, found) = await ReadBothAsync(cancellationToken).ConfigureAwait(false);
        if (expected is null && await FindMismatchAsync(found, cancellationToken).ConfigureAwait(false) is { } how)
        {
            // Another process may have joined them meanwhile, and filled the one after this one had looked at the other.
            (expected, found) = await ReadBothAsync(cancellationToken).ConfigureAwait(false);
            if (expected is null)
            {
                throw Mismatch(how);
            }
        }

        if (expected is not null)
        {
            return expected == found ? Known.Paired : throw MismatchOf(found);
        }

        if (!mayPair)
        {
            return Known.MayRead;
        }

        await PairAsync(cancellationToken).ConfigureAwait(false);
        return Known.Paired;
    }

    /// <summary>Gives both an id. Of several processes that are first, the database lets one through, and the others see its id: they have it in
    /// their store as well, or theirs is another store. A crash leaves the database without one, and the next process does it again.</summary>
    private async Task PairAsync(CancellationToken cancellationToken)
    {
        var id = NewId();
        var standing = await _database.WriteIdempotentAsync(
            async session =>
            {
                var first = await SettingRows.TrySetOnceAsync(session, Setting, id).ConfigureAwait(false);
                if (first == id)
                {
                    await WriteAsync(id, cancellationToken).ConfigureAwait(false);
                }

                return first;
            },
            cancellationToken).ConfigureAwait(false);
        var found = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (found != standing)
        {
            throw MismatchOf(found);
        }
    }

    /// <summary>Compares what stands in both, where the database has no id: what an earlier version made has none. Returns what speaks against
    /// joining them, or null.</summary>
    private async Task<string?> FindMismatchAsync(string? found, CancellationToken cancellationToken)
    {
        var keys = await _database.ReadAsync(
            session => session.QueryAsync(
                """
                SELECT storage_key FROM plants_data WHERE storage_key IS NOT NULL
                UNION ALL SELECT storage_key FROM erasures
                UNION ALL SELECT artifact_key FROM model_versions WHERE state <> 'reserved'
                LIMIT @samples
                """,
                [("samples", Samples)],
                row => row.GetFieldValue<string>(0)),
            cancellationToken).ConfigureAwait(false);
        if (keys.Count == 0)
        {
            return await HoldsObjectsAsync(cancellationToken).ConfigureAwait(false)
                ? "the store holds photos or models, and the database, which may be new, knows none"
                : null;
        }

        if (found is not null)
        {
            return "the store was used with another database; this one may have been restored from an old backup";
        }

        foreach (var key in keys)
        {
            if (await _store.ExistsAsync(key, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }

        return "the store holds none of the photos that the database knows";
    }

    private async Task<(string? Expected, string? Found)> ReadBothAsync(CancellationToken cancellationToken) => (
        await _database.ReadAsync(session => SettingRows.GetAsync(session, Setting), cancellationToken).ConfigureAwait(false),
        await ReadAsync(cancellationToken).ConfigureAwait(false));

    private async Task<bool> HoldsObjectsAsync(CancellationToken cancellationToken)
    {
        foreach (var prefix in new[] { StorageKeys.RawPrefix, StorageKeys.ModelPrefix })
        {
            await foreach (var _ in _store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    private async Task WriteAsync(string id, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(Encoding.ASCII.GetBytes(id));
        await _store.PutAsync(Key, content, cancellationToken).ConfigureAwait(false);

        // A server that says yes to everything keeps nothing.
        if (await ReadAsync(cancellationToken).ConfigureAwait(false) != id)
        {
            throw new StorageUnavailableException(
                $"{_store.GetUri(Key)} does not hold what was just written to it. Check the address: does an object store answer there?");
        }
    }

    private async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stream = await _store.OpenReadAsync(Key, cancellationToken).ConfigureAwait(false);
            await using var streamLifetime = stream.ConfigureAwait(false);
            var bytes = new byte[IdLength + 1];
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken)
                .ConfigureAwait(false);
            var text = Encoding.ASCII.GetString(bytes, 0, length);
            return Guid.TryParseExact(text, "N", out _)
                ? text
                : throw new StorageUnavailableException(
                    $"{_store.GetUri(Key)} does not hold the store's id. Check the address: does an object store answer there?");
        }
        catch (ObjectNotFoundException)
        {
            return null;
        }
    }

    private DatabaseException MismatchOf(string? found) => Mismatch(found is null
        ? "this store is not the one that the database was used with"
        : "each was used with another one");

    private DatabaseException Mismatch(string how) => new(
        DatabaseFailure.StoreMismatch,
        $"The store ({_store.GetUri(Key)}) and the database do not belong together: {how}. Nothing was changed. {WhatToDo}");

    private static string NewId() => Guid.NewGuid().ToString("N");

    /// <summary>What is known of the two.</summary>
    private enum Known
    {
        Nothing,

        /// <summary>Neither has an id: nothing speaks against reading.</summary>
        MayRead,

        /// <summary>Both have the same.</summary>
        Paired,
    }
}
