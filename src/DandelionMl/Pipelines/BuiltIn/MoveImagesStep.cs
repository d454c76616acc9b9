using System.Globalization;
using DandelionMl.Retraining;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.BuiltIn;

/// <summary>Moves reviewed photos from <c>corrected_data/</c> to <c>raw/{label}/</c>: all that no retraining has taken yet, and what earlier
/// runs left.</summary>
internal sealed class MoveImagesStep(ValidatedPhotos photos, TrainingSetIntake intake) : IPipelineStep
{
    public async Task RunAsync(PipelineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var batch = await photos.ClaimAsync(RetrainPipeline.Claimant(context), context.CancellationToken).ConfigureAwait(false);
        context.Output["batch"] = batch.Id;
        context.Output["photos"] = batch.Photos;
        var report = await intake.MoveAsync(context.CancellationToken).ConfigureAwait(false);
        context.Output["moved"] = report.Moved;
        context.Output["scaled"] = report.Scaled;
        context.Output["failures"] = report.Failures.Count;
        context.Log(string.Create(
            CultureInfo.InvariantCulture,
            $"Batch {batch.Id}, {batch.Photos} {(batch.Photos == 1 ? "photo" : "photos")}: {report.Moved} moved now, {report.Scaled} of them scaled down."));
        foreach (var failure in report.Failures)
        {
            context.Log(string.Create(CultureInfo.InvariantCulture, $"Photo {failure.ImageId} was not moved: {failure.Reason}"), LogLevel.Warning);
        }
    }
}
