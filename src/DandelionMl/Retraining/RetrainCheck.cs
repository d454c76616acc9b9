using DandelionMl.Catalog;
using DandelionMl.Registry;

namespace DandelionMl.Retraining;

/// <summary>Asks the <see cref="RetrainPolicy"/> with the state of things: the photos validated since the last watermark, and when the
/// model was last trained. Thread-safe.</summary>
/// <param name="photos">Counts the new photos.</param>
/// <param name="catalog">Tells the classes of the training set.</param>
/// <param name="registry">Tells when the model was last trained.</param>
/// <param name="policy">Decides.</param>
/// <param name="time">The clock.</param>
public sealed class RetrainCheck(
    ValidatedPhotos photos, IImageCatalog catalog, IModelRegistry registry, RetrainPolicy policy, TimeProvider time)
{
    /// <summary>Decides whether to train again now.</summary>
    /// <param name="force">Whether to train whatever the conditions say.</param>
    /// <param name="nextCheck">When this is asked next, for the reason's text; null if nobody knows.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<RetrainDecision> DecideAsync(
        bool force = false, DateTimeOffset? nextCheck = null, CancellationToken cancellationToken = default)
    {
        var known = await catalog.CountByLabelAsync(ImageState.Stored, cancellationToken);
        var counts = known.Keys.ToDictionary(label => label, _ => 0, StringComparer.Ordinal);
        foreach (var (label, count) in await photos.CountNewAsync(cancellationToken))
        {
            counts[label] = count;
        }

        var versions = await registry.ListAsync(cancellationToken);
        return policy.Decide(counts, versions.Count == 0 ? null : versions[0].CreatedAt, time.GetUtcNow(), force, nextCheck);
    }
}
