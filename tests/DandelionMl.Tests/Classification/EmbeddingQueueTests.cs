using DandelionMl.Backbones;
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

    [Fact]
    public async Task EmbedAsync_backbone_of_one_thread_gives_each_photo_a_pass_of_its_own()
    {
        var inner = new FakeBackbone();
        using var backbone = new OneThread(inner);
        await using var queue = new EmbeddingQueue(maxBatchSize: 8);

        var embeddings = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => queue.EmbedAsync(backbone, Image(number), Token)));

        Assert.Equal(Enumerable.Range(0, 20), embeddings.Select(embedding => (int)embedding[0]));
        Assert.Equal((20, 20), (inner.Images, inner.Passes));
    }

    [Fact]
    public async Task EmbedAsync_backbone_of_one_thread_that_fails_fails_its_photo_alone()
    {
        using var failing = new OneThread(new FakeBackbone(), isBroken: true);
        using var sound = new OneThread(new FakeBackbone());
        await using var queue = new EmbeddingQueue(maxBatchSize: 8);

        var (broken, whole) = (queue.EmbedAsync(failing, Image(1), Token), queue.EmbedAsync(sound, Image(2), Token));

        await Assert.ThrowsAsync<BackboneUnavailableException>(() => broken);
        Assert.Equal(2, (await whole)[0]);
    }

    [Fact]
    public async Task DisposeAsync_waits_for_a_pass_of_one_thread()
    {
        var inner = new FakeBackbone();
        using var backbone = new OneThread(inner);
        var queue = new EmbeddingQueue(maxBatchSize: 8);
        using var pass = new PassGate(inner);
        var embedding = queue.EmbedAsync(backbone, Image(3), Token);
        await pass.Entered;

        var disposal = queue.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        pass.Open();
        await disposal;

        Assert.Equal(3, (await embedding)[0]);
    }

    [Fact]
    public async Task EmbedAsync_after_disposal_is_refused_whatever_the_backbone()
    {
        var batched = new FakeBackbone();
        using var alone = new OneThread(batched);
        var queue = new EmbeddingQueue(maxBatchSize: 8);
        await queue.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => queue.EmbedAsync(batched, Image(1), Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => queue.EmbedAsync(alone, Image(1), Token));
        Assert.Equal(0, batched.Passes);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static float[] Image(int number) => [number, 0, 0];

    private sealed class OneThread(IBackbone inner, bool isBroken = false) : IOneThreadBackbone
    {
        public BackboneInfo Info => inner.Info;

        public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken)
        {
            if (isBroken)
            {
                throw new BackboneUnavailableException("broken");
            }

            inner.Embed(images, embeddings, cancellationToken);
        }

        public void Dispose() => inner.Dispose();
    }
}
