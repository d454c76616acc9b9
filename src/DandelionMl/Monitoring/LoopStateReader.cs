using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.LiveAccuracy;
using DandelionMl.Pipelines;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Monitoring;

/// <summary>Reads how the learning loop stands from the database and the store. Its live accuracy may be minutes old.</summary>
internal sealed class LoopStateReader(
    Database database, IModelRegistry registry, PipelineRuns pipelines, IImageStore store, LiveAccuracyReader accuracy, PromotionGateOptions gate,
    TimeProvider time)
{
    /// <summary>Of the newest runs some have not ended: one that works, and one that waits for it.</summary>
    private const int NewestRuns = 4;

    /// <summary>How long a live accuracy is told: all photos of weeks are read for it, and it changes with each review by little.</summary>
    private static readonly TimeSpan LiveAccuracyKept = TimeSpan.FromMinutes(5);

    private const string PendingSql = "SELECT COUNT(*), MIN(created_at) FROM plants_data WHERE state = @pending";

    private (int Champion, DateTimeOffset At, WeekAccuracy? Accuracy)? _live;

    public async Task<LoopState> ReadAsync(CancellationToken cancellationToken)
    {
        var (pending, oldest) = await database.ReadAsync(
            session => session.FirstOrDefaultAsync<(long, DateTimeOffset?)>(
                PendingSql, [("pending", ImageStateText.Pending)], row => (row.GetFieldValue<long>(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1))),
            cancellationToken).ConfigureAwait(false);
        var versions = await registry.ListAsync(cancellationToken).ConfigureAwait(false);
        var champion = versions.SingleOrDefault(version => version.State == ModelState.Champion);
        var all = await pipelines.ListPipelinesAsync(cancellationToken).ConfigureAwait(false);
        return new LoopState
        {
            ReadAt = time.GetUtcNow(),
            PendingPhotos = pending,
            OldestPendingAt = oldest,
            Champion = champion?.Version ?? 0,
            ChampionSince = champion?.StateChangedAt,
            RejectedSince = versions.Count(version => version.State == ModelState.Rejected && version.StateChangedAt > champion?.StateChangedAt),
            TestImageUses = TestImageUses.Of(versions),
            MaximumTestImageUses = gate.MaximumTestImageUses,
            LiveAccuracy = champion is null ? null : await FindLiveAccuracyAsync(champion.Version, cancellationToken).ConfigureAwait(false),
            FreeBytes = (store as IFreeSpace)?.FreeBytes,
            Pipelines = all,
            LastEnded = await ListLastEndedAsync(all, cancellationToken).ConfigureAwait(false),
        };
    }

    private async Task<WeekAccuracy?> FindLiveAccuracyAsync(int champion, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_live is not { } kept || kept.Champion != champion || (now - kept.At).Duration() >= LiveAccuracyKept)
        {
            kept = (champion, now, LiveAccuracyReader.NewestOf(await accuracy.ListAsync(cancellationToken).ConfigureAwait(false), champion));
            _live = kept;
        }

        return kept.Accuracy;
    }

    private async Task<Dictionary<string, PipelineRun>> ListLastEndedAsync(IEnumerable<PipelineInfo> all, CancellationToken cancellationToken)
    {
        var ended = new Dictionary<string, PipelineRun>(StringComparer.Ordinal);
        foreach (var pipeline in all)
        {
            var newest = await pipelines.ListAsync(pipeline.Id, limit: NewestRuns, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (newest.Runs.FirstOrDefault(run => run.IsOver) is { } last)
            {
                ended[pipeline.Id] = last;
            }
        }

        return ended;
    }
}
