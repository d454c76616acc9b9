using System.Diagnostics;
using System.Diagnostics.Metrics;
using DandelionMl.Telemetry;

namespace DandelionMl.Catalog.Pairing;

/// <summary>Metrics and spans of what the library asks of the image store.</summary>
internal sealed class StoreTelemetry
{
    private readonly Histogram<double> _duration;

    public StoreTelemetry(IMeterFactory? meters = null) => _duration = LibraryTelemetry.Meter(meters).CreateHistogram(
        "dandelionml.store.operation.duration", "s", "Time of an operation of the image store, retries included, by operation.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    /// <summary>Measures an operation; of a reading, until the object is open.</summary>
    /// <param name="name">The operation: put, open, exists, delete or copy.</param>
    /// <param name="operation">The operation.</param>
    public Task<T> MeasureAsync<T>(string name, Func<Task<T>> operation) => _duration.MeasureAsync(
        $"store {name}", _ => operation(), ActivityKind.Client, TelemetryTags.Of("dandelionml.store.operation", name));
}
