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
    private readonly Histogram<double> _confidence;
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
        _confidence = meter.CreateHistogram(
            "dandelionml.prediction.confidence", "1", "Probability of the label given, by model version.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] });
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

    /// <summary>A photo came. What is returned is disposed of with its answer.</summary>
    public PhotoSpan Begin()
    {
        _active.Add(1);
        return new PhotoSpan(this, LibraryTelemetry.Source.StartActivity("classify photo"));
    }

    public void Reject(bool isLarge) => _rejections.Add(1, TelemetryTags.Of("dandelionml.photo.size", isLarge ? "large" : "any"));

    public void LookedUp(bool isHit) => _lookups.Add(1, TelemetryTags.Of("dandelionml.cache.result", isHit ? "hit" : "miss"));

    public void Serve(int version) => _served.Record(version);

    /// <summary>A photo on its way through the classifier.</summary>
    internal sealed class PhotoSpan(ServingTelemetry telemetry, Activity? activity) : IDisposable
    {
        private readonly long _startedAt = Stopwatch.GetTimestamp();
        private Exception? _failure;

        public void Answer(Prediction prediction)
        {
            var version = prediction.ModelVersion.ToString(CultureInfo.InvariantCulture);
            var known = TelemetryTags.Of(TelemetryTags.ModelVersion, telemetry._versions.Of(version));
            telemetry._predictions.Add(1, TelemetryTags.Of(TelemetryTags.Label, telemetry._labels.Of(prediction.Label)), known);
            telemetry._confidence.Record(prediction.Probability, known);
            activity?.SetTag(TelemetryTags.ModelVersion, version).SetTag(TelemetryTags.Label, prediction.Label);
        }

        public void Fail(Exception exception)
        {
            _failure = exception;
            activity.Fail(exception);
        }

        public void Dispose()
        {
            activity?.Dispose();
            telemetry._active.Add(-1);
            telemetry._duration.Record(Stopwatch.GetElapsedTime(_startedAt).TotalSeconds, TelemetryTags.Failure(_failure));
        }
    }
}
