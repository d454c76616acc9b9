using DandelionMl.Backbones;
using DandelionMl.Imaging;

namespace DandelionMl.Tests.Support;

/// <summary>Embeds a picture as its own bytes, 24 of them, so that a test says where in the embedding space a picture is.</summary>
internal sealed class VectorBackbone : IBackbone, IBackboneProvider
{
    public const int Dimensions = 24;
    public const string Id = "vector";

    public BackboneInfo Info { get; } = new(Id, Dimensions, new BytesPreprocessing(), new string('0', 64), 0.999f);

    public IReadOnlyList<BackboneDescriptor> Available => [new(Id, "for tests", Dimensions, 0, "MIT")];

    public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default) => images.CopyTo(embeddings);

    public bool IsDownloaded(string id) => true;

    public Task DownloadAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task<IBackbone> GetAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.FromResult<IBackbone>(this);

    public void Dispose()
    {
    }

    private sealed class BytesPreprocessing() : Preprocessing("bytes", Dimensions / 3, 1)
    {
        public override void Apply(RgbImage image, Span<float> tensor)
        {
            for (var index = 0; index < tensor.Length; index++)
            {
                tensor[index] = (image.Pixels[index] - 128) / 128f;
            }
        }
    }
}
