using DandelionMl.Catalog;
using DandelionMl.Registry;

namespace DandelionMl.Retraining;

/// <summary>Asks the <see cref="IRetrainPolicy"/> about the current situation: the photos validated since the last watermark, and
/// when the model was last trained. Thread-safe.</summary>
public sealed class RetrainCheck
{
    private readonly ValidatedPhotos _photos;
    private readonly IImageCatalog _catalog;
    private readonly IModelRegistry _registry;
    private readonly IRetrainPolicy _policy;
    private readonly RetrainTelemetry _telemetry;
    private readonly TimeProvider _time;

    internal RetrainCheck(
        ValidatedPhotos photos,
        IImageCatalog catalog,
        IModelRegistry registry,
        IRetrainPolicy policy,
        RetrainTelemetry telemetry,
        TimeProvider time)
    {
        (_photos, _catalog, _registry) = (photos, catalog, registry);
        (_policy, _telemetry, _time) = (policy, telemetry, time);
    }

    /// <summary>Decides whether to train again now.</summary>
    /// <param name="force">Whether to train even if the conditions are not met.</param>
    /// <param name="nextCheck">When the next check is; null if unknown.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<RetrainDecision> DecideAsync(
        bool force = false, DateTimeOffset? nextCheck = null, CancellationToken cancellationToken = default)
    {
        var known = await _catalog.CountByLabelAsync(ImageState.Stored, cancellationToken).ConfigureAwait(false);
        var counts = known.Keys.ToDictionary(label => label, _ => 0, StringComparer.Ordinal);
        foreach (var (label, count) in await _photos.CountNewAsync(cancellationToken).ConfigureAwait(false))
        {
            counts[label] = count;
        }

        var versions = await _registry.ListAsync(cancellationToken).ConfigureAwait(false);
        var decision = _policy.Decide(new RetrainSituation
        {
            NewImages = counts,
            LastTrainedAt = versions.Count == 0 ? null : versions[0].CreatedAt,
            Now = _time.GetUtcNow(),
            IsForced = force,
            NextCheck = nextCheck,
        });
        _telemetry.Record(decision);
        return decision;
    }
}
