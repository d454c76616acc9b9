using DandelionMl.Backbones;
using DandelionMl.Imaging;

namespace DandelionMl.Tests.Support;

/// <summary>Embeds a picture as the mean of each channel and counts its passes; can be held in the middle of one.</summary>
internal sealed class FakeBackbone(string id = "fake", int? rank = null) : IBackbone, IBackboneProvider
{
    private int _images;
    private int _passes;

    public BackboneInfo Info { get; } = new(id, 3, new MeanPreprocessing(), new string('0', 64), 0.9999f);

    /// <summary>Number of images embedded.</summary>
    public int Images => _images;

    /// <summary>Number of calls of <see cref="Embed"/>.</summary>
    public int Passes => _passes;

    /// <summary>Called at the start of each pass, with the number of images in it.</summary>
    public Action<int>? OnPass { get; set; }

    public IReadOnlyList<BackboneDescriptor> Available => [new(Info.Id, "for tests", 3, 0, "MIT") { Rank = rank }];

    public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _passes);
        Interlocked.Add(ref _images, images.Length / 3);
        OnPass?.Invoke(images.Length / 3);
        images.CopyTo(embeddings);
    }

    public bool IsDownloaded(string id) => true;

    public Task DownloadAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task<IBackbone> GetAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        id == Info.Id ? Task.FromResult<IBackbone>(this) : throw new UnknownBackboneException(id, [Info.Id]);

    public void Dispose()
    {
    }

    private sealed class MeanPreprocessing() : Preprocessing("mean", 1, 1)
    {
        public override void Apply(RgbImage image, Span<float> tensor)
        {
            tensor.Clear();
            for (var index = 0; index < image.Pixels.Length; index++)
            {
                tensor[index % 3] += image.Pixels[index] / 255f / (image.Pixels.Length / 3);
            }
        }
    }
}
