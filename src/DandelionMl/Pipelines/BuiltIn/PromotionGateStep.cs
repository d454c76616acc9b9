using System.Globalization;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.BuiltIn;

/// <summary>Judges the trained version and carries the verdict out. A rejection is a result, not a failure.</summary>
internal sealed class PromotionGateStep(ModelPromotion promotion) : IPipelineStep
{
    public async Task RunAsync(PipelineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var version = context.OutputOf(TrainPipeline.TrainModel)["version"]?.GetValue<int>()
            ?? throw new PipelineStepFailedException($"This run was started without its step '{TrainPipeline.TrainModel}': there is no version to judge.");
        var actor = string.Create(CultureInfo.InvariantCulture, $"pipeline {context.Pipeline}, run {context.RunId}");
        var model = await promotion.DecideAsync(version, actor, context.CancellationToken).ConfigureAwait(false);
        context.Output["version"] = version;
        context.Output["state"] = model.State.ToString().ToLowerInvariant();
        context.Log(model.State == ModelState.Champion
            ? $"Model version {version} is the champion."
            : $"Model version {version} is {model.State.ToString().ToLowerInvariant()}.");
        foreach (var check in model.Verdict?.Checks ?? [])
        {
            context.Log($"{(check.Passed ? "passed" : "failed")}: {check.Explanation}", check.Passed ? LogLevel.Information : LogLevel.Warning);
        }
    }
}
