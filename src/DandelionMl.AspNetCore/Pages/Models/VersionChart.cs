using DandelionMl.Registry;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>The test accuracy of the last versions, each on the test photos that it was registered with, laid out as a <see cref="Curve"/> is.
/// Versions are joined only where they were trained and tested on the same photos: others can't be compared by it.</summary>
internal sealed class VersionChart
{
    /// <summary>The most versions that it shows.</summary>
    public const int Most = 40;

    /// <summary>Room beside the first and the last version.</summary>
    private const double Margin = 12;

    private readonly Curve _scale;

    /// <param name="versions">All versions, the newest first; at least one.</param>
    public VersionChart(IReadOnlyList<ModelVersion> versions)
    {
        var shown = versions.Take(Most).Reverse().ToList();
        _scale = new Curve([.. shown.Select(model => AccuracyInterval.Of(model.Metrics)?.Low ?? model.Metrics.Accuracy)], isShare: true);
        Points = [.. shown.Select((model, index) => new VersionPoint(model, X(index, shown.Count)))];
        Joined = [.. Points.GroupBy(point => point.Model.ManifestSha256).Where(group => group.Count() > 1)
            .Select(group => string.Join(' ', group.Select(point => $"{Curve.Text(point.X)},{Curve.Text(Y(point.Accuracy))}")))];
        Named = [.. _scale.Epochs.Select(number => Points[number - 1])];
    }

    /// <summary>The versions, the oldest first.</summary>
    public IReadOnlyList<VersionPoint> Points { get; }

    /// <summary>The lines between versions of the same photos, each for a <c>polyline</c>.</summary>
    public IReadOnlyList<string> Joined { get; }

    /// <summary>The versions whose numbers stand below.</summary>
    public IReadOnlyList<VersionPoint> Named { get; }

    /// <summary>The heights that are marked, from the bottom.</summary>
    public IEnumerable<double> Marks => _scale.Marks;

    public double Y(double share) => _scale.Y(share);

    private static double X(int index, int count) => count == 1
        ? (Curve.Left + Curve.Right) / 2.0
        : Curve.Left + Margin + (index * (Curve.Right - Curve.Left - (2 * Margin)) / (count - 1));
}

/// <summary>A version in a <see cref="VersionChart"/>.</summary>
/// <param name="Model">The version.</param>
/// <param name="X">Where it stands.</param>
internal sealed record VersionPoint(ModelVersion Model, double X)
{
    /// <summary>The share of distinct test photos that it is right on, where that was measured; else of all test photos.</summary>
    public double Accuracy => Model.Metrics.DistinctAccuracy ?? Model.Metrics.Accuracy;

    /// <summary>How many photos that is of.</summary>
    public int Photos => Model.Metrics.DistinctPhotos ?? Model.Metrics.Images;

    /// <summary>How far the accuracy is certain; null where that can't be told.</summary>
    public AccuracyInterval? Interval => AccuracyInterval.Of(Model.Metrics);
}
