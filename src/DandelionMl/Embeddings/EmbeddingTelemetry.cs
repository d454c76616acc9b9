using System.Diagnostics;
using System.Diagnostics.Metrics;
using DandelionMl.Backbones;
using DandelionMl.Telemetry;

namespace DandelionMl.Embeddings;

/// <summary>Metrics of backbone passes.</summary>
internal sealed class EmbeddingTelemetry
{
    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _batchSize;

    public EmbeddingTelemetry(IMeterFactory? meters = null)
    {
        var meter = LibraryTelemetry.Meter(meters);
        _duration = meter.CreateHistogram(
            "dandelionml.embedding.duration", "s", "Time of a backbone pass over a batch of photos, by backbone.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });
        _batchSize = meter.CreateHistogram(
            "dandelionml.embedding.batch_size", "{photo}", "Photos in a backbone pass, by backbone.", tags: null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] });
    }

    /// <summary>Passes a batch through a backbone.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="images">The tensors of the photos, one behind the other.</param>
    /// <param name="embeddings">Room for their embeddings.</param>
    /// <param name="cancellationToken">Cancels between photos.</param>
    public void Embed(IBackbone backbone, ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default)
    {
        var startedAt = Stopwatch.GetTimestamp();
        backbone.Embed(images, embeddings, cancellationToken);
        var tag = TelemetryTags.Of("dandelionml.backbone", backbone.Info.Id);
        _duration.Record(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, tag);
        _batchSize.Record(embeddings.Length / backbone.Info.Dimensions, tag);
    }
}
