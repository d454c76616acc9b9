using System.Globalization;
using DandelionMl.Registry;
using DandelionMl.Training;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.BuiltIn;

/// <summary>Trains on everything that is ingested.</summary>
internal sealed class TrainModelStep(Trainer trainer, IModelRegistry registry) : IPipelineStep
{
    public async Task RunAsync(PipelineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var requestId = TrainingRequest.Of(context.Pipeline, context.RunId);
        if (await registry.FindByRequestAsync(requestId, context.CancellationToken).ConfigureAwait(false) is { } known)
        {
            context.Output["version"] = known.Version;
            context.Log(string.Create(CultureInfo.InvariantCulture, $"Model version {known.Version} was already trained by an earlier attempt."));
            return;
        }

        var result = await TrainAsync(context, requestId).ConfigureAwait(false);
        context.Output["version"] = result.Version.Version;
        context.Output["accuracy"] = result.Version.Metrics.Accuracy;
        context.Output["embeddedImages"] = result.EmbeddedImages;
        context.Output["failures"] = result.Unreadable.Count;
        context.Log(string.Create(
            CultureInfo.InvariantCulture,
            $"Model version {result.Version.Version}, accuracy {result.Version.Metrics.Accuracy:P1} on {result.Version.Metrics.Images} held-out photos; {result.EmbeddedImages} photos embedded now."));
        foreach (var image in result.Unreadable)
        {
            context.Log($"Left out {image.Name}: {image.Reason}", LogLevel.Warning);
        }

        foreach (var item in result.LeftOut)
        {
            context.Log($"Left out class '{item.Label}': {item.Reason}.", LogLevel.Warning);
        }
    }

    private async Task<TrainingResult> TrainAsync(PipelineContext context, string requestId)
    {
        var log = new ProgressLog(context, "photos embedded");
        var progress = new SynchronousProgress<TrainingProgress>(report =>
        {
            if (report.Stage == TrainingStage.Embedding)
            {
                log.Write(report.Completed, report.Total);
            }
        });
        try
        {
            return await trainer.TrainAsync(progress: progress, requestId: requestId, cancellationToken: context.CancellationToken).ConfigureAwait(false);
        }
        catch (InsufficientTrainingDataException exception)
        {
            throw new PipelineStepFailedException(exception.Reason, exception);
        }
    }
}
