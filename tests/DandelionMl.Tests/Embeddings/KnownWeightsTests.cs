using DandelionMl.Backbones;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Embeddings;

public sealed class KnownWeightsTests : IAsyncDisposable
{
    private readonly SqliteFile _file = new();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Fact]
    public async Task CheckAsync_other_weights_that_answer_otherwise_are_refused_until_they_are_accepted()
    {
        await Open().CheckAsync(new Network('a', slope: 1), Token);
        var other = new Network('b', slope: -1);

        var error = await Assert.ThrowsAsync<BackboneUnavailableException>(() => Open().CheckAsync(other, Token));
        await Open().AcceptAsync(other.Info, Token);
        await Open().CheckAsync(other, Token);

        Assert.Contains(new string('b', 64), error.Message, StringComparison.Ordinal);
        Assert.Contains(new string('a', 64), error.Message, StringComparison.Ordinal);
        Assert.Contains("dandelion backbone accept net", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BackboneUnavailableException>(() => Open().CheckAsync(new Network('a', slope: 1), Token));
    }

    [Fact]
    public async Task CheckAsync_other_file_of_the_same_network_is_taken()
    {
        await Open().CheckAsync(new Network('a', slope: 1), Token);

        await Open().CheckAsync(new Network('b', slope: 1.0001f), Token);

        await Open().CheckAsync(new Network('b', slope: 1.0001f), Token);
    }

    [Fact]
    public async Task CheckAsync_known_weights_cost_no_pass()
    {
        await Open().CheckAsync(new Network('a', slope: 1), Token);
        var network = new Network('a', slope: 1);

        await Open().CheckAsync(network, Token);

        Assert.Equal(0, network.Passes);
    }

    [Fact]
    public async Task CheckAsync_knows_each_space_by_itself()
    {
        await Open().CheckAsync(new Network('a', slope: 1), Token);

        await Open().CheckAsync(new Network('b', slope: -1, id: "other"), Token);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private KnownWeights Open()
    {
        var settings = new SettingStore(_file.Open());
        return new KnownWeights(settings, new GoldenEmbedding(settings));
    }

    /// <summary>Two values that depend on the picture, one of them on the weights.</summary>
    private sealed class Network(char hash, float slope, string id = "net") : IBackbone
    {
        public int Passes { get; private set; }

        public BackboneInfo Info { get; } = new(id, 2, Preprocessing.SquashUnit96, new string(hash, 64), 0.9f);

        public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default)
        {
            Passes++;
            (embeddings[0], embeddings[1]) = (images[0] + 1, slope * (images[^1] + 1));
        }

        public void Dispose()
        {
        }
    }
}
