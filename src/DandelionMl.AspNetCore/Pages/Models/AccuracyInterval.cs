using DandelionMl.Registry;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>Where the accuracy on photos like the tested ones lies, with 95 % confidence: the interval of Wilson (1927), for a share that was
/// counted on so many photos.</summary>
/// <param name="Low">Its lower end, 0 to 1.</param>
/// <param name="High">Its upper end, 0 to 1.</param>
internal readonly record struct AccuracyInterval(double Low, double High)
{
    /// <summary>The quantile of the normal distribution at 97.5 %.</summary>
    private const double Z = 1.959964;

    /// <returns>Null where it is not known how many distinct photos there were: near-duplicates tell nothing new, and would make it
    /// too narrow.</returns>
    public static AccuracyInterval? Of(ModelMetrics metrics) =>
        metrics is { DistinctPhotos: > 0 and var photos, DistinctAccuracy: { } accuracy } ? Of(accuracy, photos) : null;

    /// <param name="share">The share that was counted, 0 to 1.</param>
    /// <param name="photos">The photos that it was counted on, at least one.</param>
    public static AccuracyInterval Of(double share, int photos)
    {
        var square = Z * Z / photos;
        var centre = (share + (square / 2)) / (1 + square);
        var half = Z / (1 + square) * Math.Sqrt((share * (1 - share) / photos) + (square / (4 * photos)));
        return new AccuracyInterval(Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
