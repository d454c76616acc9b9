using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.Drift.Detection;
using DandelionMl.Drift.Watching;

namespace DandelionMl.Drift.Explanation;

/// <summary>Explains an alarm: which photos, of which classes, and in which direction. Thread-safe.</summary>
internal sealed class DriftExplainer(DriftReferenceSource references, IImageCatalog catalog, Database database, TimeProvider time)
{
    private const int MostPhotos = 400;
    private const int Fewest = 20;
    private const int FewestOfClass = 10;
    private const int MostTested = 10;
    private const int MostUnlike = 12;
    private const int Permutations = 499;
    private const int UsualDays = 7;

    /// <summary>Explains how the photos that a version serves differ from those held out: those since an alarm's shift began, or of the last
    /// seven days without an alarm.</summary>
    /// <returns>The explanation; null with fewer than 20 photos on either side.</returns>
    /// <exception cref="DandelionMlException">The database or the store does not answer.</exception>
    public async Task<DriftExplanation?> ExplainAsync(int version, DriftState state, CancellationToken cancellationToken)
    {
        var from = ServedDay.Of(state.Alarm?.Since ?? time.GetUtcNow().AddDays(1 - UsualDays));
        var served = await database.ReadAsync(
            session => ServedPhotoRows.ListAsync(session, version, from, MostPhotos), cancellationToken).ConfigureAwait(false);
        served = [.. served.DistinctBy(photo => photo.Sha256)];
        var reference = await references.GetAsync(version, cancellationToken).ConfigureAwait(false);
        if (reference is null || served.Count < Fewest || reference.HeldOut.Count < Fewest)
        {
            return null;
        }

        var heldOut = reference.HeldOut.Take(MostPhotos).ToList();
        var (compared, value, p, classes) = await Task.Run(
            () =>
            {
                var all = Compare(heldOut, served);
                return (all, all.Value, all.Test(Permutations, cancellationToken), CompareClasses(heldOut, served, cancellationToken));
            },
            cancellationToken).ConfigureAwait(false);
        return new DriftExplanation
        {
            FromDay = from,
            Photos = served.Count,
            HeldOut = heldOut.Count,
            Discrepancy = value,
            PValue = p,
            Classes = classes,
            MostUnlike = await ListUnlikeAsync(served, compared.Witness(), cancellationToken).ConfigureAwait(false),
        };
    }

    private static MaximumMeanDiscrepancy Compare(IEnumerable<(string Label, float[] Embedding)> heldOut, IEnumerable<ServedPhoto> served) =>
        new([.. heldOut.Select(photo => photo.Embedding)], [.. served.Select(photo => photo.Embedding.ToArray())]);

    private static List<ClassShift> CompareClasses(
        List<(string Label, float[] Embedding)> heldOut, List<ServedPhoto> served, CancellationToken cancellationToken)
    {
        var usual = heldOut.ToLookup(photo => photo.Label, StringComparer.Ordinal);
        var now = served.ToLookup(photo => photo.Label, StringComparer.Ordinal);
        var labels = usual.Select(photos => photos.Key).Union(now.Select(photos => photos.Key), StringComparer.Ordinal)
            .OrderByDescending(label => now[label].Count()).ThenBy(label => label, StringComparer.Ordinal).ToList();
        var tested = labels.Where(label => now[label].Count() >= FewestOfClass && usual[label].Count() >= FewestOfClass).Take(MostTested)
            .ToDictionary(
                label => label, label => Compare(usual[label], now[label]).Test(Permutations, cancellationToken), StringComparer.Ordinal);
        var corrected = Holm(tested);
        return labels.ConvertAll(label => new ClassShift(
            label,
            now[label].Count(),
            now[label].Count() / (double)served.Count,
            usual[label].Count() / (double)heldOut.Count,
            now[label].Average(photo => photo.Rank),
            corrected.TryGetValue(label, out var p) ? p : null));
    }

    private static Dictionary<string, double> Holm(Dictionary<string, double> chances)
    {
        var (corrected, highest) = (new Dictionary<string, double>(StringComparer.Ordinal), 0.0);
        foreach (var (index, (label, p)) in chances.OrderBy(item => item.Value).Index())
        {
            highest = Math.Max(highest, Math.Min(1, p * (chances.Count - index)));
            corrected[label] = highest;
        }

        return corrected;
    }

    private async Task<List<UnlikePhoto>> ListUnlikeAsync(List<ServedPhoto> served, double[] witness, CancellationToken cancellationToken)
    {
        var unlike = served.Zip(witness).OrderByDescending(item => item.Second).Take(MostUnlike).Select(item => item.First).ToList();
        var images = await catalog.FindBySha256Async(unlike.ConvertAll(photo => photo.Sha256), cancellationToken).ConfigureAwait(false);
        return unlike.ConvertAll(photo => new UnlikePhoto(
            photo.Sha256,
            images.TryGetValue(photo.Sha256, out var image) && image.State != ImageState.Erased ? image.Id : null,
            photo.Label,
            photo.Probability,
            photo.Rank,
            photo.At));
    }
}
