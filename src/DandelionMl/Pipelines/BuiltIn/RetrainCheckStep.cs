using DandelionMl.Retraining;

namespace DandelionMl.Pipelines.BuiltIn;

/// <summary>Asks the retrain policy; where it says no, there is nothing more to do.</summary>
internal sealed class RetrainCheckStep(RetrainCheck check, PipelineSchedule schedule, RetrainTelemetry telemetry) : IPipelineStep
{
    public async Task RunAsync(PipelineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var force = bool.TryParse(context.Parameters.GetValueOrDefault(RetrainPipeline.ForceParameter), out var isForced) && isForced;
        var decision = await check.DecideAsync(force, schedule.GetNextOccurrence(PipelineIds.Retrain), context.CancellationToken).ConfigureAwait(false);
        telemetry.Decide(decision);
        context.Output["newImages"] = decision.NewImages;
        context.Output["reason"] = decision.Reason;
        context.Output["reasonCode"] = decision.Why.Write();
        context.Log(decision.Reason);
        if (!decision.ShouldRetrain)
        {
            context.SkipRest(decision.Why);
        }
    }
}
