using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using DandelionMl.Telemetry;

namespace DandelionMl.Classification;

/// <summary>Metrics and spans of the served model's answers.</summary>
internal sealed class ServingTelemetry
{
    /// <summary>So many classes and versions are told apart.</summary>
    private const int Most = 100;

    private readonly Counter<long> _predictions;
    private readonly Counter<long> _unknown;
    private readonly Histogram<double> _confidence;
    private readonly Histogram<int> _setSizes;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _lookups;
    private readonly Gauge<int> _served;
    private readonly BoundedTag _labels = new(Most);
    private readonly BoundedTag _versions = new(Most);

    public ServingTelemetry(IMeterFactory? meters = null)
    {
        var meter = LibraryTelemetry.Meter(meters);
        _predictions = meter.CreateCounter<long>(
            "dandelionml.predictions", "{prediction}", "Photos classified, by label and model version.");
        _unknown = meter.CreateCounter<long>(
            "dandelionml.predictions.unknown", "{prediction}", "Photos classified that are not like those that the model was trained on, by model version.");
        _confidence = meter.CreateHistogram(
            "dandelionml.prediction.confidence", "1", "Probability of the label given, by model version.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] });
        _setSizes = meter.CreateHistogram(
            "dandelionml.prediction.set_size", "{class}", "Number of classes that a photo may be of, by model version.", tags: null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 3, 4, 5, 10, 20, 50, 100] });
        _duration = meter.CreateHistogram(
            "dandelionml.prediction.duration", "s", "Time from a photo's arrival at the classifier to its answer or failure, waiting included.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _active = meter.CreateUpDownCounter<long>(
            "dandelionml.prediction.active", "{photo}", "Photos being classified or waiting for it.");
        _rejections = meter.CreateCounter<long>(
            "dandelionml.prediction.rejections", "{photo}", "Photos refused since too many were in flight, by size.");
        _lookups = meter.CreateCounter<long>(
            "dandelionml.embedding.cache.lookups", "{lookup}", "Times that a photo's embedding was looked for among the latest, by result.");
        _served = meter.CreateGauge<int>("dandelionml.model.served", "{version}", "Version that this process serves; 0 for none.");
    }

    /// <summary>Measures a photo on its way through the classifier.</summary>
    public async Task<Prediction> MeasureAsync(Func<Task<Prediction>> classify)
    {
        _active.Add(1);
        try
        {
            return await _duration.MeasureAsync(
                "classify photo", async activity => Count(await classify().ConfigureAwait(false), activity)).ConfigureAwait(false);
        }
        finally
        {
            _active.Add(-1);
        }
    }

    public void Reject(bool isLarge) => _rejections.Add(1, TelemetryTags.Of("dandelionml.photo.size", isLarge ? "large" : "any"));

    public void LookedUp(bool isHit) => _lookups.Add(1, TelemetryTags.Of("dandelionml.cache.result", isHit ? "hit" : "miss"));

    public void Serve(int version) => _served.Record(version);

    private Prediction Count(Prediction prediction, Activity? activity)
    {
        var version = prediction.ModelVersion.ToString(CultureInfo.InvariantCulture);
        var known = TelemetryTags.Of(TelemetryTags.ModelVersion, _versions.Of(version));
        _predictions.Add(1, TelemetryTags.Of(TelemetryTags.Label, _labels.Of(prediction.Label)), known);
        if (prediction.IsKnown == false)
        {
            _unknown.Add(1, known);
        }

        _confidence.Record(prediction.Probability, known);
        if (prediction.Labels is { } labels)
        {
            _setSizes.Record(labels.Count, known);
        }

        activity?.SetTag(TelemetryTags.ModelVersion, version).SetTag(TelemetryTags.Label, prediction.Label);
        return prediction;
    }
}
