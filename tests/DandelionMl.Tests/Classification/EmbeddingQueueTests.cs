using DandelionMl.Classification;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Classification;

public sealed class EmbeddingQueueTests
{
    [Fact]
    public async Task EmbedAsync_while_a_pass_runs_waits_and_shares_the_next_pass()
    {
        var backbone = new FakeBackbone();
        await using var queue = new EmbeddingQueue(maxBatchSize: 8);
        using var pass = new PassGate(backbone);

        var first = queue.EmbedAsync(backbone, Image(0), Token);
        await pass.Entered;
        var waiting = Enumerable.Range(1, 8).Select(number => queue.EmbedAsync(backbone, Image(number), Token)).ToList();
        pass.Open();

        Assert.Equal(0, (await first)[0]);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], (await Task.WhenAll(waiting)).Select(embedding => (int)embedding[0]));
        Assert.Equal((9, 2), (backbone.Images, backbone.Passes));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static float[] Image(int number) => [number, 0, 0];
}
