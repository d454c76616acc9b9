using System.Security.Cryptography;
using DandelionMl.Catalog.Pairing;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Transfer;

/// <summary>Moves an installation from the embedded default, a SQLite file and a folder, to servers: all rows and all objects, compared
/// afterwards. It can be cut off at any time and run again. Nothing of the source is changed.</summary>
internal sealed class InstallationTransfer
{
    /// <summary>Stands in the target until all is there: whose data it is.</summary>
    private const string Marker = "transfer_from";

    private const string Settings = "settings";

    private const int ObjectsAtOnce = 8;

    /// <summary>Tables of which one holds rows wherever a host has worked.</summary>
    private static readonly string[] Telling = [Settings, "plants_data", "model_versions", "pipeline_runs"];

    private readonly Database _source;
    private readonly IImageStore _sourceStore;
    private readonly Database _target;
    private readonly IImageStore _targetStore;

    /// <param name="source">A SQLite database.</param>
    /// <param name="sourceStore">Its store.</param>
    /// <param name="target">Where the rows go.</param>
    /// <param name="targetStore">Where the objects go.</param>
    public InstallationTransfer(Database source, IImageStore sourceStore, Database target, IImageStore targetStore) =>
        (_source, _sourceStore, _target, _targetStore) = (source, sourceStore, target, targetStore);

    /// <summary>Moves it.</summary>
    /// <param name="isRestarted">Whether what an earlier transfer of the same installation left is deleted first.</param>
    /// <param name="progress">Receives what is being done and how much of it is done.</param>
    /// <param name="cancellationToken">Cancels it; what is there stays, for the next time.</param>
    /// <exception cref="TransferException">The target belongs to another installation, or the two differ at the end.</exception>
    public async Task<TransferReport> RunAsync(bool isRestarted, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        var tables = await SourceTable.ListAsync(_source, cancellationToken).ConfigureAwait(false);
        await ClaimAsync(tables, isRestarted, cancellationToken).ConfigureAwait(false);
        var objects = await CopyObjectsAsync(progress, cancellationToken).ConfigureAwait(false);

        // The settings last: with the store's id in them the two belong together.
        tables = [.. tables.OrderBy(table => table.Name == Settings)];
        var copies = new List<(SourceTable Table, TableCopy Copy)>();
        foreach (var table in tables)
        {
            copies.Add((table, await CopyAsync(table, progress, cancellationToken).ConfigureAwait(false)));
        }

        var contents = new List<TableContent>();
        foreach (var (table, copy) in copies)
        {
            contents.Add(await CompareAsync(table, copy, cancellationToken).ConfigureAwait(false));
        }

        await _target.WriteIdempotentAsync(session => SettingRows.RemoveAsync(session, Marker), cancellationToken).ConfigureAwait(false);
        return new TransferReport(contents.Sum(content => content.Rows), objects.Count, objects.Bytes, contents);
    }

    /// <summary>Makes sure that the target is new, or holds what an earlier transfer of the same installation left.</summary>
    private async Task ClaimAsync(List<SourceTable> tables, bool isRestarted, CancellationToken cancellationToken)
    {
        using var pairing = new StorePairing(_source, _sourceStore);
        await pairing.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var id = await _source.ReadAsync(session => SettingRows.GetAsync(session, StorePairing.Setting), cancellationToken).ConfigureAwait(false);
        var marker = await _target.ReadAsync(session => SettingRows.GetAsync(session, Marker), cancellationToken).ConfigureAwait(false);
        if (marker != id && (marker is not null || await HoldsDataAsync(cancellationToken).ConfigureAwait(false)))
        {
            throw new TransferException(
                "The database that is to be moved to holds another installation, or one that was moved to the end. Nothing was changed. Give a new, empty one.");
        }

        await _target.WriteIdempotentAsync(
            async session =>
            {
                // A new schema, too, has rows that stand for nothing yet.
                foreach (var table in marker is null || isRestarted ? tables.AsEnumerable().Reverse() : [])
                {
                    await session.ExecuteAsync($"DELETE FROM {TableCopy.Quote(table.Name)}").ConfigureAwait(false);
                }

                return await SettingRows.SetAsync(session, Marker, id!).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> HoldsDataAsync(CancellationToken cancellationToken)
    {
        foreach (var table in Telling)
        {
            if (await _target.ReadAsync(
                session => session.ScalarAsync<long>($"SELECT COUNT(*) FROM (SELECT 1 FROM {table} LIMIT 1) AS first_row"), cancellationToken).ConfigureAwait(false) > 0)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<TableCopy> CopyAsync(SourceTable table, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        var types = await _target.ReadAsync(
            session => session.DescribeAsync($"SELECT {BulkInsert.List(table.Columns)} FROM {TableCopy.Quote(table.Name)} WHERE 1 = 0"),
            cancellationToken).ConfigureAwait(false);
        var key = table.Columns.ToList().IndexOf("storage_key");
        var copy = new TableCopy(table, types, (column, row) =>
            column == "url_s3" && row[key] is string stored ? _targetStore.GetUri(stored).ToString() : null);
        var done = 0;
        await copy.CopyAsync(
            _source, _target, table.IsNumbered ? _target.NumbersGiven : "",
            rows =>
            {
                done += rows;
                progress?.Report(new TransferProgress(table.Name, done));
            },
            cancellationToken).ConfigureAwait(false);
        if (table.IsNumbered && _target.ContinueNumbersSql(table.Name, table.Key[0]) is { } sql)
        {
            await _target.WriteIdempotentAsync(session => session.ExecuteAsync(sql), cancellationToken).ConfigureAwait(false);
        }

        return copy;
    }

    private async Task<TableContent> CompareAsync(SourceTable table, TableCopy copy, CancellationToken cancellationToken)
    {
        // The marker is the target's alone.
        var marker = table.Name == Settings ? Marker : null;
        var there = await copy.ReadContentAsync(_target, isSource: false, marker, cancellationToken).ConfigureAwait(false);
        var here = await copy.ReadContentAsync(_source, isSource: true, marker, cancellationToken).ConfigureAwait(false);
        return there == here ? here : throw new TransferException(
            $"Table '{table.Name}' has {here.Rows} rows here and {there.Rows} there{(here.Rows == there.Rows ? ", which differ" : "")}. "
            + "Was the data directory used meanwhile? Stop its host, and move it again with --restart.");
    }

    private async Task<(int Count, long Bytes)> CopyObjectsAsync(IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        var (count, bytes) = (0, 0L);
        await Parallel.ForEachAsync(
            _sourceStore.ListAsync(cancellationToken: cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = ObjectsAtOnce, CancellationToken = cancellationToken },
            async (item, token) =>
            {
                await CopyAsync(item, token).ConfigureAwait(false);
                Interlocked.Add(ref bytes, item.Size);
                var done = Interlocked.Increment(ref count);
                progress?.Report(new TransferProgress("objects", done));
            }).ConfigureAwait(false);
        return (count, bytes);
    }

    /// <summary>Copies an object, unless it is there already; read back either way.</summary>
    private async Task CopyAsync(StoredObject item, CancellationToken cancellationToken)
    {
        var here = await HashAsync(_sourceStore, item.Key, cancellationToken).ConfigureAwait(false);
        if (await HashAsync(_targetStore, item.Key, cancellationToken).ConfigureAwait(false) == here)
        {
            return;
        }

        var content = await _sourceStore.OpenReadAsync(item.Key, cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            await _targetStore.PutAsync(item.Key, content, cancellationToken).ConfigureAwait(false);
        }

        if (await HashAsync(_targetStore, item.Key, cancellationToken).ConfigureAwait(false) != here)
        {
            throw new TransferException($"{_targetStore.GetUri(item.Key)} is not what was written to it. Run it again.");
        }
    }

    private static async Task<string?> HashAsync(IImageStore store, string key, CancellationToken cancellationToken)
    {
        try
        {
            var content = await store.OpenReadAsync(key, cancellationToken).ConfigureAwait(false);
            await using var contentLifetime = content.ConfigureAwait(false);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
        }
        catch (ObjectNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>How far a transfer is.</summary>
/// <param name="What">The table, or <c>objects</c>.</param>
/// <param name="Done">Its rows, or the objects, that are there.</param>
internal readonly record struct TransferProgress(string What, int Done);

/// <summary>What was moved.</summary>
/// <param name="Rows">Rows of all tables.</param>
/// <param name="Objects">Objects of the store.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Tables">Each table, the same here and there.</param>
internal sealed record TransferReport(long Rows, int Objects, long Bytes, IReadOnlyList<TableContent> Tables);

/// <summary>An installation can't be moved.</summary>
internal sealed class TransferException(string message, Exception? innerException = null) : DandelionMlException(message, innerException);
