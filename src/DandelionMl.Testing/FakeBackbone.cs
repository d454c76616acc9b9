using DandelionMl.Backbones;
using DandelionMl.Imaging;

namespace DandelionMl.Testing;

/// <summary>A backbone for tests, and an <see cref="IBackboneProvider"/> that has it alone: it embeds a picture as the mean of each channel,
/// red, green and blue, 0 to 1 each. It counts its passes, and a test can hold it in the middle of one. Thread-safe.</summary>
/// <param name="id">Its id.</param>
/// <param name="rank">Its <see cref="BackboneDescriptor.Rank"/>; null for none.</param>
public sealed class FakeBackbone(string id = FakeBackbone.DefaultId, int? rank = null) : IBackbone, IBackboneProvider
{
    /// <summary>The default id: <c>fake</c>.</summary>
    public const string DefaultId = "fake";

    /// <summary>Length of an embedding: 3.</summary>
    public const int Dimensions = 3;

    private int _images;
    private int _passes;

    /// <inheritdoc/>
    public BackboneInfo Info { get; } = Describe(id);

    /// <summary>Number of images embedded.</summary>
    public int Images => _images;

    /// <summary>Number of calls of <see cref="Embed"/>.</summary>
    public int Passes => _passes;

    /// <summary>Called at the start of each pass, with the number of images in it; null, the default, for nothing.</summary>
    public Action<int>? OnPass { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<BackboneDescriptor> Available => [new(Info.Id, "for tests", Dimensions, 0, "MIT") { Rank = rank }];

    /// <summary>SHA-256 of its weights, of which it has none.</summary>
    internal static string WeightsSha256 { get; } = new('0', 64);

    /// <inheritdoc/>
    public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _passes);
        Interlocked.Add(ref _images, images.Length / Dimensions);
        OnPass?.Invoke(images.Length / Dimensions);
        images.CopyTo(embeddings);
    }

    /// <inheritdoc/>
    public bool IsDownloaded(string id) => true;

    /// <inheritdoc/>
    public Task DownloadAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IBackbone> GetAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        id == Info.Id ? Task.FromResult<IBackbone>(this) : throw BackboneUnavailableException.Unknown(id, [Info.Id]);

    /// <summary>Does nothing.</summary>
    public void Dispose()
    {
    }

    internal static BackboneInfo Describe(string id) => new(id, Dimensions, new MeanPreprocessing(), WeightsSha256, 0.9999f);

    private sealed class MeanPreprocessing() : Preprocessing("mean", 1, 1)
    {
        public override void Apply(RgbImage image, Span<float> tensor)
        {
            tensor.Clear();
            for (var index = 0; index < image.Pixels.Length; index++)
            {
                tensor[index % Dimensions] += image.Pixels[index] / 255f / (image.Pixels.Length / Dimensions);
            }
        }
    }
}
