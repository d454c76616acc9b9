using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Drift.Detection;

/// <summary>What a model's photos look like without drift: photos that it was trained on, and how far from them those are that were held
/// out. Immutable.</summary>
internal sealed class DriftReference
{
    /// <summary>With fewer held-out photos of a class, its photos are ranked among those of all such classes.</summary>
    private const int FewestOfClass = 60;

    /// <summary>With fewer held-out photos in all, a rank says too little.</summary>
    private const int Fewest = 20;

    private readonly FamiliarRegion? _familiar;
    private readonly Dictionary<string, double[]> _byClass;
    private readonly double[] _others;

    /// <param name="trained">Embeddings of a sample of the photos that the model was trained on.</param>
    /// <param name="heldOut">Photos held out, near-duplicates left out, with the class that the model gives to each.</param>
    public DriftReference(IReadOnlyList<float[]> trained, IReadOnlyList<(string Label, float[] Embedding)> heldOut)
    {
        HeldOut = heldOut;
        _familiar = trained.Count == 0 ? null : FamiliarRegionFit.Find(trained);
        var strangeness = heldOut.Where(_ => _familiar is not null)
            .Select(photo => (photo.Label, Value: (double)_familiar!.DistanceOf(photo.Embedding))).ToList();
        _byClass = strangeness.GroupBy(photo => photo.Label, StringComparer.Ordinal).Where(photos => photos.Count() >= FewestOfClass)
            .ToDictionary(photos => photos.Key, photos => photos.Select(photo => photo.Value).Order().ToArray(), StringComparer.Ordinal);
        var others = strangeness.Where(photo => !_byClass.ContainsKey(photo.Label)).Select(photo => photo.Value).Order().ToArray();
        _others = others.Length >= Fewest ? others : strangeness.Count >= Fewest ? [.. strangeness.Select(photo => photo.Value).Order()] : [];
    }

    /// <summary>The photos held out, with the class that the model gives to each.</summary>
    public IReadOnlyList<(string Label, float[] Embedding)> HeldOut { get; }

    /// <summary>Ranks a photo by its strangeness among the held-out photos that the model gives the same class.</summary>
    /// <param name="label">The class that the model gives to it.</param>
    /// <param name="embedding">Its embedding.</param>
    /// <returns>The rank; null if there are too few photos to compare with.</returns>
    public FamiliarityRank? Rank(string label, ReadOnlySpan<float> embedding)
    {
        var among = _byClass.GetValueOrDefault(label, _others);
        if (among.Length == 0)
        {
            return null;
        }

        double value = _familiar!.DistanceOf(embedding);
        var (below, notAbove) = (0, 0);
        foreach (var other in among)
        {
            below += other < value ? 1 : 0;
            notAbove += other <= value ? 1 : 0;
        }

        return new FamiliarityRank((below + notAbove) / (2.0 * among.Length), MeanBound.OfRank(among.Length));
    }
}

/// <summary>How strange a photo is.</summary>
/// <param name="Value">Its rank, 0 to 1: the share of held-out photos that are less strange. A half on average without drift.</param>
/// <param name="Bound">The most that its mean is without drift.</param>
internal readonly record struct FamiliarityRank(double Value, double Bound);
