using System.Collections.Concurrent;
using System.Diagnostics;
using DandelionMl.Classification;
using DandelionMl.Pipelines;
using DandelionMl.Storage;
using DandelionMl.Tests.LearningLoop;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Telemetry;

public sealed class SpansTests
{
    [Fact]
    public async Task Photo_has_a_span_with_its_decoding_and_its_backbone_pass_in_the_callers_trace()
    {
        await using var loop = new TestLoop();
        await loop.LearnAsync();
        using var spans = new Spans();

        await loop.Get<Classifier>().ClassifyAsync(new byte[] { 255, 3, 9 }, Token);

        var photo = spans.Single("classify photo");
        Assert.Equal((spans.Root.SpanId, "dandelion", "1"), (photo.ParentSpanId, photo.GetTagItem("dandelionml.label"), photo.GetTagItem("dandelionml.model.version")));
        Assert.Equal(photo.SpanId, spans.Single("decode photo").ParentSpanId);
        var pass = spans.Single("embed photo");
        Assert.Equal(photo.SpanId, pass.ParentSpanId);
        Assert.Equal(1, Assert.Single(pass.Events).Tags.Single(tag => tag.Key == "dandelionml.embedding.batch_size").Value);
    }

    [Fact]
    public async Task Training_gate_and_store_have_spans_and_failures_are_marked()
    {
        await using var loop = new TestLoop();
        using var spans = new Spans();

        await Assert.ThrowsAsync<InsufficientTrainingDataException>(() => loop.Get<Trainer>().TrainAsync(cancellationToken: Token));
        var failed = spans.Single("train model");
        await loop.LearnAsync();

        Assert.Equal(
            (ActivityStatusCode.Error, "InsufficientTrainingDataException"), (failed.Status, failed.GetTagItem("error.type")));
        var trained = spans.All("train model").Last();
        Assert.Equal((ActivityStatusCode.Unset, 80), (trained.Status, trained.GetTagItem("dandelionml.training.photos")));
        Assert.Equal("passed", spans.Single("judge model").GetTagItem("dandelionml.gate.result"));
        Assert.Contains(spans.All("store open"), span => span.Kind == ActivityKind.Client && span.ParentSpanId == trained.SpanId);
    }

    [Fact]
    public async Task Run_of_a_pipeline_is_in_the_trace_of_the_request_that_started_it_wherever_it_is_executed()
    {
        await using var file = new SqliteFile();
        using var folder = new TemporaryFolder();
        await using var web = new LoopProcess(file.Open(), new FolderImageStore(new FolderImageStoreOptions { Root = folder.Path }), TimeProvider.System);
        await using var worker = new LoopProcess(file.Open(), new FolderImageStore(new FolderImageStoreOptions { Root = folder.Path }), TimeProvider.System);
        using var spans = new Spans();

        var run = await web.Runs.StartAsync(PipelineIds.Train, "anna", cancellationToken: Token);
        Activity.Current = null;
        await worker.WorkAsync();

        var span = spans.Single("pipeline train");
        Assert.Equal((spans.Root.SpanId, run.Id), (span.ParentSpanId, span.GetTagItem("dandelionml.pipeline.run")));
        Assert.Contains(spans.All("step train-model"), step => step.ParentSpanId == span.SpanId);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The library's spans of one test, beneath a span of its own.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ActivityListener _listener;
        private readonly ConcurrentQueue<Activity> _ended = new();

        public Spans()
        {
            Root = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "DandelionMl",
                Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                    options.TraceId == Root.TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
                ActivityStopped = _ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public Activity Root { get; }

        public List<Activity> All(string name) => [.. _ended.Where(span => span.OperationName == name && span.TraceId == Root.TraceId)];

        public Activity Single(string name) => Assert.Single(All(name));

        public void Dispose()
        {
            _listener.Dispose();
            Root.Dispose();
        }
    }
}
