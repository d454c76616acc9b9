using DandelionMl.Backbones;
using DandelionMl.Classification;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Classification;

public sealed class ClassifierTests : IAsyncDisposable
{
    private static readonly byte[] Red = [255, 0, 0];
    private static readonly byte[] Green = [0, 255, 0];

    private readonly FakeBackbone _backbone = new();
    private readonly FakeRegistry _registry = new();
    private readonly List<Classifier> _classifiers = [];

    [Fact]
    public async Task ClassifyAsync_photo_gives_label_probabilities_version_and_embedding()
    {
        _registry.Promote(["red", "green"]);
        var classifier = await CreateAsync();

        var prediction = await classifier.ClassifyAsync(Green, Token);

        Assert.Equal("green", prediction.Label);
        Assert.Equal(["green", "red"], prediction.Probabilities.Select(item => item.Label));
        Assert.Equal(1, prediction.Probabilities.Sum(item => item.Probability), 1e-6f);
        Assert.Equal(prediction.Probabilities[0].Probability, prediction.Probability);
        Assert.Equal(1, prediction.ModelVersion);
        Assert.Equal([0, 1, 0], prediction.Embedding.ToArray());
    }

    [Fact]
    public async Task ReloadAsync_error_of_another_kind_is_no_missing_model()
    {
        _registry.Promote(["red", "green"]);
        _registry.Failure = new InvalidOperationException("/srv/dandelion.db is malformed");
        await using var classifier = new Classifier(_registry, _backbone, new FakeImageDecoder());

        await Assert.ThrowsAsync<InvalidOperationException>(() => classifier.ReloadAsync(Token));
        Assert.Equal("The model can't be loaded, by an unexpected error that the log tells.", classifier.ChampionFailure);

        _registry.Failure = null;
        await classifier.ReloadAsync(Token);
        Assert.Null(classifier.ChampionFailure);
    }

    [Fact]
    public async Task ClassifyAsync_stream_gives_the_same_as_bytes()
    {
        _registry.Promote(["red", "green"]);
        var classifier = await CreateAsync();

        using var stream = new MemoryStream(Red);
        Assert.Equal("red", (await classifier.ClassifyAsync(stream, Token)).Label);
    }

    [Fact]
    public async Task ClassifyAsync_stream_above_the_limit_is_refused_before_it_is_read_to_its_end()
    {
        _registry.Promote(["red", "green"]);
        var classifier = await CreateAsync(limits: new ImageLimits { MaxBytes = 1_000 });

        using var stream = new MemoryStream(new byte[10_000_000]);
        var error = await Assert.ThrowsAsync<ImageDecodingException>(() => classifier.ClassifyAsync(stream, Token));

        Assert.Equal(ImageDecodingFailure.TooLarge, error.Reason);
        Assert.True(stream.Position < stream.Length);
    }

    [Fact]
    public async Task ClassifyAsync_that_was_never_reloaded_takes_over_the_champion()
    {
        _registry.Promote(["red", "green"]);
        await using var classifier = new Classifier(_registry, _backbone, new FakeImageDecoder());

        var predictions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => classifier.ClassifyAsync(Red, Token)));

        Assert.All(predictions, prediction => Assert.Equal("red", prediction.Label));
        Assert.Equal(1, _registry.Loads);
        Assert.Equal(1, classifier.Serving!.Version);
    }

    [Fact]
    public async Task ClassifyAsync_a_model_that_came_after_the_refusal_is_served()
    {
        await using var classifier = new Classifier(_registry, _backbone, new FakeImageDecoder());
        await Assert.ThrowsAsync<NoModelException>(() => classifier.ClassifyAsync(Red, Token));

        _registry.Promote(["red", "green"]);

        Assert.Equal("red", (await classifier.ClassifyAsync(Red, Token)).Label);
    }

    [Fact]
    public async Task ClassifyAsync_leaves_the_callers_thread_before_it_decodes()
    {
        _registry.Promote(["red", "green"]);
        var decoder = new ThreadRecordingDecoder();
        await using var classifier = new Classifier(_registry, _backbone, decoder);
        var context = new OneThreadContext();

        var label = context.Run(async () => (await classifier.ClassifyAsync(Red, Token)).Label);

        Assert.Equal("red", label);
        Assert.DoesNotContain(context.ThreadId, decoder.Threads);
        Assert.NotEmpty(decoder.Threads);
    }

    [Fact]
    public async Task ClassifyAsync_waited_for_on_the_only_thread_of_a_context_is_answered()
    {
        _registry.Promote(["red", "green"]);
        await using var classifier = new Classifier(_registry, _backbone, new FakeImageDecoder());

        var label = new OneThreadContext().Run(() => Task.FromResult(classifier.ClassifyAsync(Red, Token).GetAwaiter().GetResult().Label));

        Assert.Equal("red", label);
    }

    [Fact]
    public async Task ClassifyAsync_without_a_model_is_refused()
    {
        var classifier = await CreateAsync();

        await Assert.ThrowsAsync<NoModelException>(() => classifier.ClassifyAsync(Red, Token));
        Assert.Null(classifier.Serving);
    }

    [Fact]
    public async Task ClassifyAsync_rubbish_is_refused_and_the_next_photo_served()
    {
        _registry.Promote(["red", "green"]);
        var classifier = await CreateAsync();

        await Assert.ThrowsAsync<ImageDecodingException>(() => classifier.ClassifyAsync(new byte[] { 1 }, Token));
        Assert.Equal("red", (await classifier.ClassifyAsync(Red, Token)).Label);
    }

    [Fact]
    public async Task ClassifyAsync_more_than_the_places_is_refused_and_a_freed_place_is_taken_again()
    {
        _registry.Promote(["red", "green"]);
        var classifier = await CreateAsync(new ClassifierOptions { MaxConcurrency = 3 });
        using var pass = new PassGate(_backbone);

        var held = Enumerable.Range(0, 3).Select(_ => classifier.ClassifyAsync(Red, Token)).ToList();
        await Assert.ThrowsAsync<ClassifierBusyException>(() => classifier.ClassifyAsync(Red, Token));
        pass.Open();
        await Task.WhenAll(held);

        Assert.Equal("red", (await classifier.ClassifyAsync(Red, Token)).Label);
    }

    [Fact]
    public async Task ClassifyAsync_cancelled_while_it_waits_makes_no_backbone_pass()
    {
        _registry.Promote(["red", "green"]);
        var classifier = await CreateAsync();
        using var pass = new PassGate(_backbone);
        using var cancellation = new CancellationTokenSource();

        var first = classifier.ClassifyAsync(Red, Token);
        await pass.Entered;
        var cancelled = classifier.ClassifyAsync(Red, cancellation.Token);
        await cancellation.CancelAsync();
        pass.Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await first;
        Assert.Equal(1, _backbone.Images);
    }

    [Fact]
    public async Task ClassifyAsync_backbone_that_fails_fails_its_batch_and_serves_the_next()
    {
        _registry.Promote(["red", "green"]);
        var classifier = await CreateAsync();
        _backbone.OnPass = _ => throw new InvalidOperationException("out of order");

        await Assert.ThrowsAsync<InvalidOperationException>(() => classifier.ClassifyAsync(Red, Token));
        _backbone.OnPass = null;

        Assert.Equal("red", (await classifier.ClassifyAsync(Red, Token)).Label);
    }

    [Fact]
    public async Task ReloadAsync_under_load_drops_and_mixes_nothing()
    {
        _registry.Promote(["red", "green"]);
        var classifier = await CreateAsync(new ClassifierOptions { MaxConcurrency = 1_000 });
        using var stop = new CancellationTokenSource();
        using var answered = new SemaphoreSlim(0);

        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var answers = new List<Prediction>();
            while (!stop.IsCancellationRequested)
            {
                answers.Add(await classifier.ClassifyAsync(Red, Token));
                answered.Release();
            }

            return answers;
        })).ToList();
        for (var version = 2; version <= 50; version++)
        {
            await answered.WaitAsync(Token);

            // Even versions have other labels and opposite weights: a mixture would answer 'green' or 'vert'.
            _registry.Promote(version % 2 == 0 ? ["vert", "rouge"] : ["red", "green"], version % 2 == 0 ? -1 : 1);
            await classifier.ReloadAsync(Token);
            Assert.Equal(version, classifier.Serving!.Version);
        }

        await stop.CancelAsync();
        var all = (await Task.WhenAll(clients)).SelectMany(answers => answers).ToList();
        Assert.NotEmpty(all);
        Assert.All(all, answer => Assert.Equal(answer.ModelVersion % 2 == 0 ? "rouge" : "red", answer.Label));
    }

    [Fact]
    public async Task ReloadAsync_other_backbone_weights_than_trained_on_are_refused_and_the_old_model_stays()
    {
        _registry.Promote(["red", "green"]);
        var classifier = await CreateAsync();
        _registry.Promote(["red", "green"], backboneSha256: new string('f', 64));

        await Assert.ThrowsAsync<BackboneUnavailableException>(() => classifier.ReloadAsync(Token));

        Assert.Equal(1, (await classifier.ClassifyAsync(Red, Token)).ModelVersion);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var classifier in _classifiers)
        {
            await classifier.DisposeAsync();
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<Classifier> CreateAsync(ClassifierOptions? options = null, ImageLimits? limits = null)
    {
        var classifier = new Classifier(_registry, _backbone, new FakeImageDecoder(), limits, options);
        _classifiers.Add(classifier);
        await classifier.ReloadAsync(Token);
        return classifier;
    }
}
