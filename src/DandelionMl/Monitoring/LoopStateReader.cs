using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.Pipelines;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Monitoring;

/// <summary>Reads how the learning loop stands from the database and the store.</summary>
internal sealed class LoopStateReader(Database database, IModelRegistry registry, PipelineRuns pipelines, IImageStore store, TimeProvider time)
{
    private const string PendingSql = "SELECT COUNT(*), MIN(created_at) FROM plants_data WHERE state = @pending";

    public async Task<LoopState> ReadAsync(CancellationToken cancellationToken)
    {
        var (pending, oldest) = await database.ReadAsync(
            session => session.FirstOrDefaultAsync<(long, DateTimeOffset?)>(
                PendingSql, [("pending", ImageStateText.Pending)], row => (row.GetFieldValue<long>(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1))),
            cancellationToken).ConfigureAwait(false);
        var versions = await registry.ListAsync(cancellationToken).ConfigureAwait(false);
        var champion = versions.SingleOrDefault(version => version.State == ModelState.Champion);
        return new LoopState
        {
            ReadAt = time.GetUtcNow(),
            PendingPhotos = pending,
            OldestPendingAt = oldest,
            Champion = champion?.Version ?? 0,
            ChampionSince = champion?.StateChangedAt,
            RejectedSince = versions.Count(version => version.State == ModelState.Rejected && version.StateChangedAt > champion?.StateChangedAt),
            FreeBytes = (store as IFreeSpace)?.FreeBytes,
            Pipelines = await pipelines.ListPipelinesAsync(cancellationToken).ConfigureAwait(false),
        };
    }
}
