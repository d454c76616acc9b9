using DandelionMl.Backbones;

namespace DandelionMl.Onnx;

/// <summary>An ONNX file that options name.</summary>
/// <param name="id">The backbone's id.</param>
/// <param name="options">The file, and how it is used.</param>
/// <param name="dimensions">Length of an embedding, if it is known; else 0.</param>
/// <param name="expectedSha256">SHA-256 that the file must have; null for any.</param>
internal sealed class OnnxBackboneSource(string id, OnnxBackboneOptions options, int dimensions = 0, string? expectedSha256 = null)
    : IBackboneSource
{
    /// <inheritdoc/>
    public BackboneDescriptor Descriptor { get; } = new(
        id, $"ONNX graph, from {options.Path}", dimensions, DownloadBytes: 0, options.License ?? OnnxBackbone.UnknownLicense);

    /// <inheritdoc/>
    public bool IsDownloaded => File.Exists(options.Path);

    /// <inheritdoc/>
    public Task DownloadAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken) => IsDownloaded
        ? Task.CompletedTask
        : throw new BackboneUnavailableException(
            $"The ONNX file of backbone '{id}' was not found: {options.Path}. Put it there, or change its path.");

    /// <inheritdoc/>
    public IBackbone Load()
    {
        var backbone = OnnxBackbone.Load(id, options);
        if (expectedSha256 is null || backbone.Info.WeightsSha256 == expectedSha256)
        {
            return backbone;
        }

        var found = backbone.Info.WeightsSha256;
        backbone.Dispose();
        throw new BackboneUnavailableException(
            $"{options.Path} is not the file that was added as backbone '{id}': its SHA-256 is {found}, not {expectedSha256}. Restore it, or "
            + "add the other file under another id, since its embeddings do not go with those that are kept.");
    }
}
