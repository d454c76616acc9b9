using System.Collections.ObjectModel;

namespace DandelionMl.Backbones;

/// <summary>A frozen network (or any fixed function) that turns preprocessed images into embeddings. Implementations are
/// thread-safe and deterministic: the same input gives the same embedding. They leave no native memory behind after a call.</summary>
public interface IBackbone : IDisposable
{
    /// <summary>The backbone's identity and shape.</summary>
    BackboneInfo Info { get; }

    /// <summary>Versions of what its numbers depend on beside its weights, by name, such as a native library; kept with every model that is
    /// trained on it. Default: none.</summary>
    IReadOnlyDictionary<string, string> Environment => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Embeds a batch of images.</summary>
    /// <param name="images">n × <see cref="Imaging.Preprocessing.TensorLength"/> values: n images in NCHW order, as
    /// <see cref="BackboneInfo.Preprocessing"/> made them.</param>
    /// <param name="embeddings">Receives n × <see cref="BackboneInfo.Dimensions"/> values, one embedding after the other.</param>
    /// <param name="cancellationToken">Cancels between layers or images; <paramref name="embeddings"/> is undefined then.</param>
    /// <exception cref="ArgumentException">The lengths of the spans do not match.</exception>
    void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default);
}
