using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DandelionMl.Classification;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Classification;

public sealed class ClassifierBatchTests : IAsyncDisposable
{
    private static readonly byte[] Red = [255, 0, 0];
    private static readonly byte[] Green = [0, 255, 0];

    private readonly FakeBackbone _backbone = new();
    private readonly FakeRegistry _registry = new();
    private readonly Classifier _classifier;

    public ClassifierBatchTests()
    {
        _registry.Promote(["red", "green"]);
        _classifier = new Classifier(
            _registry, _backbone, new FakeImageDecoder(), options: new ClassifierOptions { MaxConcurrency = 4, RecentEmbeddings = 0 });
    }

    [Fact]
    public async Task ClassifyAsync_many_more_photos_than_places_are_all_answered_in_order()
    {
        var answers = await _classifier.ClassifyAsync(Photos(300), Token).ToListAsync(Token);

        Assert.Equal(Enumerable.Range(0, 300).Select(LabelOf), answers.Select(answer => answer.Label));
        Assert.True(_backbone.Images == 300, $"{_backbone.Images} images");
    }

    [Fact]
    public async Task ClassifyAsync_batches_side_by_side_and_single_photos_are_not_refused()
    {
        var batches = Enumerable.Range(0, 3).Select(_ => _classifier.ClassifyAsync(Photos(50), Token).ToListAsync(Token).AsTask());

        var answers = await Task.WhenAll(batches);

        Assert.All(answers, batch => Assert.Equal(50, batch.Count));
        Assert.Equal("red", (await _classifier.ClassifyAsync(Red, Token)).Label);
    }

    [Fact]
    public async Task ClassifyAsync_a_source_that_waits_for_the_answer_gets_it()
    {
        var source = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
        await using var answers = _classifier.ClassifyAsync(source.Reader.ReadAllAsync(Token), Token).GetAsyncEnumerator(Token);
        for (var number = 0; number < 5; number++)
        {
            Assert.True(source.Writer.TryWrite(number % 2 == 0 ? Red : Green));
            Assert.True(await answers.MoveNextAsync());
            Assert.Equal(LabelOf(number), answers.Current.Label);
        }

        source.Writer.Complete();
        Assert.False(await answers.MoveNextAsync());
    }

    [Fact]
    public async Task ClassifyAsync_rubbish_ends_the_answers_after_those_before_it()
    {
        var answers = new List<string>();

        await Assert.ThrowsAsync<ImageDecodingException>(async () =>
        {
            await foreach (var answer in _classifier.ClassifyAsync(Photos(20, rubbishAt: 7), Token))
            {
                answers.Add(answer.Label);
            }
        });

        Assert.Equal(Enumerable.Range(0, 7).Select(LabelOf), answers);
    }

    [Fact]
    public async Task ClassifyAsync_source_that_fails_ends_the_answers_with_its_error()
    {
        static async IAsyncEnumerable<ReadOnlyMemory<byte>> Failing()
        {
            yield return Red;
            await Task.CompletedTask;
            throw new InvalidDataException("the camera is gone");
        }

        var error = await Assert.ThrowsAsync<InvalidDataException>(async () => await _classifier.ClassifyAsync(Failing(), Token).ToListAsync(Token));

        Assert.Equal("the camera is gone", error.Message);
    }

    [Fact]
    public async Task ClassifyAsync_left_early_reads_no_more_photos_and_leaves_no_place_taken()
    {
        var read = 0;
        await foreach (var _ in _classifier.ClassifyAsync(Photos(1_000, onRead: () => read++), Token))
        {
            break;
        }

        Assert.InRange(read, 1, 10);
        using var pass = new PassGate(_backbone);
        var held = Enumerable.Range(0, 4).Select(_ => _classifier.ClassifyAsync(Red, Token)).ToList();
        pass.Open();
        Assert.Equal(4, (await Task.WhenAll(held)).Length);
    }

    [Fact]
    public async Task ClassifyAsync_cancelled_in_the_middle_ends_as_cancelled()
    {
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _classifier.ClassifyAsync(Photos(1_000), cancellation.Token))
            {
                await cancellation.CancelAsync();
            }
        });
    }

    public ValueTask DisposeAsync() => _classifier.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string LabelOf(int number) => number % 2 == 0 ? "red" : "green";

    private static IAsyncEnumerable<ReadOnlyMemory<byte>> Photos(int count, int rubbishAt = -1, Action? onRead = null) =>
        ReadAsync(count, rubbishAt, onRead, Token);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        int count, int rubbishAt, Action? onRead, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 0; number < count; number++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            onRead?.Invoke();
            yield return number == rubbishAt ? new byte[] { 1 } : number % 2 == 0 ? Red : Green;
        }
    }
}
