using DandelionMl.Classification;
using DandelionMl.Imaging;

namespace DandelionMl.Testing.Tests;

public sealed class FakeImageClassifierTests
{
    private static readonly byte[] Photo = [1, 2, 3];
    private static readonly byte[] Other = [4, 5, 6];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Classify_answers_what_it_was_told_and_the_most_probable_first()
    {
        var classifier = new FakeImageClassifier(("grass", 0.25f), ("dandelion", 0.75f)) { ModelVersion = 3 };

        var prediction = await classifier.ClassifyAsync(Photo, Cancellation);

        Assert.Equal(("dandelion", 0.75f, 0.5f, 3), (prediction.Label, prediction.Probability, prediction.Margin, prediction.ModelVersion));
        Assert.Equal(FakePrediction.Of(Photo, ("dandelion", 0.75f), ("grass", 0.25f)) with { ModelVersion = 3 }, prediction);
    }

    [Fact]
    public async Task Classify_photo_that_it_was_told_about_differs()
    {
        var classifier = new FakeImageClassifier(("grass", 1));
        classifier.Answer(Photo, ("dandelion", 1));
        classifier.Fail(Other, new ImageDecodingException(ImageDecodingFailure.Damaged, "cut off"));

        Assert.Equal("dandelion", (await classifier.ClassifyAsync(Photo, Cancellation)).Label);
        Assert.Equal("grass", (await classifier.ClassifyAsync(new byte[] { 7 }, Cancellation)).Label);
        await Assert.ThrowsAsync<ImageDecodingException>(() => classifier.ClassifyAsync(Other, Cancellation));
    }

    [Fact]
    public async Task Classify_untold_has_no_model_until_it_is_told()
    {
        var classifier = new FakeImageClassifier();
        await Assert.ThrowsAsync<NoModelException>(() => classifier.ClassifyAsync(Photo, Cancellation));

        classifier.Answer(("dandelion", 1));
        Assert.Equal("dandelion", (await classifier.ClassifyAsync(Photo, Cancellation)).Label);
        classifier.Fail(new ClassifierBusyException(8));
        await Assert.ThrowsAsync<ClassifierBusyException>(() => classifier.ClassifyAsync(Photo, Cancellation));
    }

    [Fact]
    public async Task Photos_are_remembered_in_order_however_they_came()
    {
        var classifier = new FakeImageClassifier(("dandelion", 1));
        await classifier.ClassifyAsync(Photo, Cancellation);
        using var stream = new MemoryStream(Other);
        await classifier.ClassifyAsync(stream, Cancellation);
        var answers = new List<string>();
        await foreach (var prediction in classifier.ClassifyAsync(Batch(Photo, Other), Cancellation))
        {
            answers.Add(prediction.Sha256);
        }

        Assert.Equal([Photo, Other, Photo, Other], classifier.Photos.Select(photo => photo.ToArray()));
        Assert.Equal([Sha256(Photo), Sha256(Other)], answers);
    }

    [Fact]
    public async Task Classify_batch_ends_with_the_first_failure()
    {
        var classifier = new FakeImageClassifier(("dandelion", 1));
        classifier.Fail(Other, new ImageDecodingException(ImageDecodingFailure.Damaged, "cut off"));
        var answered = 0;

        await Assert.ThrowsAsync<ImageDecodingException>(async () =>
        {
            await foreach (var _ in classifier.ClassifyAsync(Batch(Photo, Other, Photo), Cancellation))
            {
                answered++;
            }
        });
        Assert.Equal(1, answered);
    }

    [Fact]
    public async Task Classify_cancelled_asks_nothing()
    {
        var classifier = new FakeImageClassifier(("dandelion", 1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => classifier.ClassifyAsync(Photo, new CancellationToken(canceled: true)));
        Assert.Empty(classifier.Photos);
    }

    [Fact]
    public void Answer_that_no_model_gives_is_refused()
    {
        var classifier = new FakeImageClassifier();

        Assert.Throws<ArgumentException>(() => classifier.Answer(("dandelion", 0.9f)));
        Assert.Throws<ArgumentException>(() => classifier.Answer(("dandelion", 1.5f), ("grass", -0.5f)));
        Assert.Throws<ArgumentException>(() => classifier.Answer(("dandelion", 0.5f), ("dandelion", 0.5f)));
        Assert.Throws<ArgumentException>(() => FakePrediction.Of(Photo));
    }

    private static string Sha256(byte[] photo) => FakePrediction.Of(photo, ("any", 1)).Sha256;

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Batch(params byte[][] photos)
    {
        foreach (var photo in photos)
        {
            yield return photo;
            await Task.CompletedTask;
        }
    }
}
