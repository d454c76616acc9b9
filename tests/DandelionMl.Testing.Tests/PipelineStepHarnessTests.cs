using System.Text.Json.Nodes;
using DandelionMl.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Testing.Tests;

public sealed class PipelineStepHarnessTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Step_sees_its_run_and_its_words_come_back()
    {
        var harness = new PipelineStepHarness(new FakeTimeProvider(Now))
        {
            RunId = 7,
            Pipeline = "nightly",
            Step = "check",
            Parameters = { ["dataset"] = "photos" },
            Outputs = { ["before"] = new JsonObject { ["count"] = 3 } },
        };

        var result = await harness.RunAsync(new CheckStep(), Cancellation);

        Assert.Equal("""{"seen":"nightly check 7 1 photos 3"}""", result.Output.ToJsonString());
        Assert.Equal("nothing new", result.SkipReason);
        var triggered = Assert.Single(result.Triggered);
        Assert.Equal((PipelineIds.Retrain, "true"), (triggered.Pipeline, triggered.Parameters["force"]));
        Assert.Equal(new PipelineLogLine(7, 1, "check", Now, LogLevel.Warning, "careful"), Assert.Single(harness.Log));
    }

    [Fact]
    public async Task Second_attempt_finds_what_the_first_kept()
    {
        var harness = new PipelineStepHarness();
        var step = new PipelineStep("only", async context =>
        {
            context.Output["attempts"] = (context.Output["attempts"]?.GetValue<int>() ?? 0) + 1;
            await context.SaveOutputAsync();
            context.Output["lost"] = true;
            if (context.Attempt == 1)
            {
                throw new InvalidOperationException("cut off");
            }
        });

        await Assert.ThrowsAsync<InvalidOperationException>(() => harness.RunAsync(step, Cancellation));
        var second = await harness.RunAsync(step, Cancellation);

        Assert.Equal((2, 2), (second.Attempt, second.Output["attempts"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Class_of_a_pipelines_step_comes_from_the_services()
    {
        await using var services = new ServiceCollection().AddSingleton(new Answer(42)).BuildServiceProvider();
        var harness = new PipelineStepHarness { Services = services };

        var result = await harness.RunAsync(new PipelineStep<AnswerStep>("answer"), Cancellation);

        Assert.Equal(42, result.Output["answer"]!.GetValue<int>());
    }

    [Fact]
    public async Task What_a_run_refuses_the_harness_refuses()
    {
        var harness = new PipelineStepHarness { Pipelines = { new PipelineDefinition("mine", "", new PipelineStep("only", _ => Task.CompletedTask)) } };

        await harness.RunAsync(Triggering("mine"), Cancellation);
        await Assert.ThrowsAsync<UnknownPipelineException>(() => harness.RunAsync(Triggering("yours"), Cancellation));
        await Assert.ThrowsAsync<InvalidPipelineParametersException>(() => harness.RunAsync(Triggering(PipelineIds.IngestDataset), Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => harness.RunAsync(
            new PipelineStep("only", context => Task.FromResult(context.OutputOf("before"))), Cancellation));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => harness.RunAsync(
            new PipelineStep("only", context => Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken)), cancelled.Token));
    }

    private static PipelineStep Triggering(string pipeline) => new("only", context =>
    {
        context.Trigger(pipeline);
        return Task.CompletedTask;
    });

    private sealed record Answer(int Value);

    private sealed class CheckStep : IPipelineStep
    {
        public Task RunAsync(PipelineContext context)
        {
            var count = context.OutputOf("before")["count"];
            context.Output["seen"] = $"{context.Pipeline} {context.Step} {context.RunId} {context.Attempt} {context.Parameters["dataset"]} {count}";
            context.Log("careful", LogLevel.Warning);
            context.Trigger(PipelineIds.Retrain, new Dictionary<string, string> { ["force"] = "true" });
            context.SkipRest("nothing new");
            return Task.CompletedTask;
        }
    }

    private sealed class AnswerStep(Answer answer) : IPipelineStep
    {
        public Task RunAsync(PipelineContext context)
        {
            context.Output["answer"] = answer.Value;
            return Task.CompletedTask;
        }
    }
}
