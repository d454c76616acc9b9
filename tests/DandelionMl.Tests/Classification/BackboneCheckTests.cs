using DandelionMl.Backbones;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.Tests.Classification;

public sealed class BackboneCheckTests : IAsyncDisposable
{
    private readonly SqliteFile _file = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Fact]
    public async Task CheckAsync_trusts_the_first_machine_and_those_that_answer_like_it()
    {
        await Open().CheckAsync(new TurnedBackbone(0), Token);
        var check = Open();
        await check.CheckAsync(new TurnedBackbone(0.02f), Token);

        Assert.Null(check.Failure);
    }

    [Fact]
    public async Task CheckAsync_tells_of_a_machine_that_answers_otherwise_until_it_is_accepted()
    {
        await Open().CheckAsync(new TurnedBackbone(0), Token);
        using var backbone = new TurnedBackbone(0.5f);
        var check = Open();
        await check.CheckAsync(backbone, Token);
        await check.CheckAsync(backbone, Token);

        Assert.Contains("gives other embeddings on this machine", check.Failure, StringComparison.Ordinal);
        Assert.Contains("cosine similarity 0.8776", check.Failure, StringComparison.Ordinal);
        Assert.Equal(1, backbone.Passes);

        await new GoldenEmbedding(new SettingStore(_file.Open())).AcceptAsync(backbone.Info, GoldenEmbedding.Embed(backbone, Token), Token);
        await check.CheckAsync(backbone, Token);
        Assert.Null(check.Failure);
    }

    [Fact]
    public async Task CheckAsync_embeds_once_where_all_is_well()
    {
        using var backbone = new TurnedBackbone(0);
        var check = Open();
        await check.CheckAsync(backbone, Token);
        await check.CheckAsync(backbone, Token);

        Assert.Equal(1, backbone.Passes);
    }

    [Fact]
    public async Task CheckAsync_keeps_other_weights_and_spaces_apart()
    {
        await Open().CheckAsync(new TurnedBackbone(0), Token);
        var check = Open();
        await check.CheckAsync(new TurnedBackbone(1, weights: 'b'), Token);

        Assert.Null(check.Failure);
    }

    private BackboneCheck Open() => new(new GoldenEmbedding(new SettingStore(_file.Open())), NullLogger<BackboneCheck>.Instance);

    /// <summary>Answers with a direction in the plane, whatever it sees.</summary>
    private sealed class TurnedBackbone(float angle, char weights = 'a') : IBackbone
    {
        public BackboneInfo Info { get; } = new("turned", 2, new SquashPreprocessing("squash", 8, ChannelNormalization.ImageNet), new string(weights, 64), 0.99f);

        public int Passes { get; private set; }

        public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default)
        {
            Passes++;
            (embeddings[0], embeddings[1]) = (MathF.Cos(angle), MathF.Sin(angle));
        }

        public void Dispose()
        {
        }
    }
}
