using System.Diagnostics.Metrics;
using DandelionMl.Telemetry;

namespace DandelionMl.Training;

/// <summary>Metrics and spans of trainings.</summary>
internal sealed class TrainingTelemetry
{
    private readonly Histogram<double> _duration;

    public TrainingTelemetry(IMeterFactory? meters = null) => _duration = LibraryTelemetry.Meter(meters).CreateHistogram(
        "dandelionml.training.duration", "s", "Time of a training, embedding what is new included.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200, 28_800] });

    /// <summary>Measures a training.</summary>
    public Task<TrainingResult> MeasureAsync(Func<Task<TrainingResult>> train) => _duration.MeasureAsync("train model", async activity =>
    {
        var result = await train().ConfigureAwait(false);
        activity?.SetTag(TelemetryTags.ModelVersion, result.Version.Version)
            .SetTag("dandelionml.training.photos", result.Manifest.Images.Count)
            .SetTag("dandelionml.training.embedded", result.EmbeddedImages);
        return result;
    });
}
