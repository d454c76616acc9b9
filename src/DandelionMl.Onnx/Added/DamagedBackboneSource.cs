using DandelionMl.Backbones;

namespace DandelionMl.Onnx.Added;

/// <summary>An added backbone of which nothing can be read: it is listed, so that its owner sees it, and can't be
/// loaded.</summary>
internal sealed class DamagedBackboneSource(string id, string reason) : IBackboneSource
{
    /// <inheritdoc/>
    public BackboneDescriptor Descriptor { get; } = new(id, reason, 0, DownloadBytes: 0, OnnxBackbone.UnknownLicense);

    /// <inheritdoc/>
    public bool IsDownloaded => false;

    /// <inheritdoc/>
    public Task DownloadAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken) =>
        throw new BackboneUnavailableException(reason);

    /// <inheritdoc/>
    public IBackbone Load() => throw new BackboneUnavailableException(reason);
}
