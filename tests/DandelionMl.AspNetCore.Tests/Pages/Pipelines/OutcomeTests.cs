using System.Text.Json.Nodes;
using DandelionMl.AspNetCore.Pages;
using DandelionMl.AspNetCore.Pages.Pipelines;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Tests.Pages.Pipelines;

public sealed class OutcomeTests
{
    private static readonly IStringLocalizer<Texts> _text =
        new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider().GetRequiredService<IStringLocalizer<Texts>>();

    [Theory]
    [InlineData("""{"new":0,"failures":400}""", "failed", "400 failed")]
    [InlineData("""{"new":398,"failures":2}""", "warned", "2 failed")]
    [InlineData("""{"batch":7,"photos":61,"moved":60,"failures":1}""", "warned", "1 failed")]
    [InlineData("""{"new":400,"failures":0}""", "succeeded", "succeeded")]
    [InlineData("""{"version":3,"state":"rejected"}""", "refused", "model rejected")]
    [InlineData("""{"version":3,"state":"champion"}""", "succeeded", "succeeded")]
    [InlineData("""{"failures":"many","state":7}""", "succeeded", "succeeded")]
    public void Of_step_that_succeeded_tells_what_did_not(string output, string kind, string text)
    {
        var step = Step(PipelineState.Succeeded, output);

        Assert.Equal(new Outcome(kind, text), Outcome.Of(step, _text));
        Assert.Equal(new Outcome(kind, text), Outcome.Of(Run(PipelineState.Succeeded, Step(PipelineState.Succeeded, "{}"), step), _text));
    }

    [Fact]
    public void Of_run_tells_the_worst()
    {
        var run = Run(PipelineState.Succeeded, Step(PipelineState.Succeeded, """{"new":1,"failures":2}"""), Step(PipelineState.Succeeded, """{"state":"rejected"}"""));

        Assert.Equal("refused", Outcome.Of(run, _text).Kind);
        Assert.Equal(new Outcome("failed", "failed"), Outcome.Of(run with { State = PipelineState.Failed }, _text));
    }

    [Fact]
    public void Of_run_that_had_nothing_to_do_since_all_failed_tells_that()
    {
        // As runs ended before such an ingestion was a failure.
        var run = Run(PipelineState.Skipped, Step(PipelineState.Succeeded, """{"new":0,"failures":400}"""), Step(PipelineState.Skipped, "{}"));

        Assert.Equal(new Outcome("failed", "400 failed"), Outcome.Of(run, _text));
        Assert.Equal("nothing to do", Outcome.Of(run with { Steps = [Step(PipelineState.Succeeded, "{}")] }, _text).Text);
    }

    [Theory]
    [InlineData("graph")]
    [InlineData("step-bars")]
    public void Each_outcome_has_its_colour(string picture)
    {
        var css = new PageAssets().Find("css/consoles.css").Text;

        Assert.All(["succeeded", "failed", "refused", "warned"], kind => Assert.Matches($@"\.{picture} \.{kind}\b[^{{]*\{{[^}}]*var\(", css));
    }

    [Fact]
    public void Of_step_after_a_failed_one_is_not_reached_and_nobody_cancelled_it()
    {
        Assert.Equal("not reached", Outcome.Of(Step(PipelineState.Cancelled, "{}") with { StartedAt = null }, _text).Text);
        Assert.Equal("cancelled", Outcome.Of(Step(PipelineState.Cancelled, "{}"), _text).Text);
    }

    private static PipelineStepRun Step(PipelineState state, string output) =>
        new() { Name = "step", State = state, StartedAt = DateTimeOffset.UnixEpoch, Output = JsonNode.Parse(output)!.AsObject() };

    private static PipelineRun Run(PipelineState state, params IReadOnlyList<PipelineStepRun> steps) =>
        new() { Id = 1, Pipeline = "ingest-dataset", State = state, Attempt = 1, CreatedAt = DateTimeOffset.UnixEpoch, Steps = steps, Triggers = [], Parameters = new Dictionary<string, string>() };
}
