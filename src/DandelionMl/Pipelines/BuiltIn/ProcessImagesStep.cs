using System.Globalization;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Training;

namespace DandelionMl.Pipelines.BuiltIn;

/// <summary>Fetches and stores every photo of the data set that has no bytes yet, whichever run left it so. One that can't be had is logged,
/// and the rest go on.</summary>
/// <param name="ingestor">Does it.</param>
/// <param name="named">The application's own data sets.</param>
internal sealed class ProcessImagesStep(DatasetIngestor ingestor, IEnumerable<IDataset> named) : IPipelineStep
{
    public async Task RunAsync(PipelineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var report = await IngestAsync(context).ConfigureAwait(false);
        context.Output["new"] = report.New;
        context.Output["duplicates"] = report.Duplicates.Count;
        context.Output["conflicts"] = report.Conflicts.Count;
        context.Output["failures"] = report.Failures.Count;
        context.Log(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.New} photos stored, {report.Duplicates.Count} duplicates, {report.Failures.Count} failed."));
        ItemLog.Write(context, report.Conflicts, report.Failures);

        // What brought nothing, and has nothing from before, is no ingestion: whoever waits for the run is to know, and no training follows.
        var failures = report.Failures.Count + IngestDatasetPipeline.FailuresBefore(context);
        if (report.New + report.Duplicates.Count + report.AlreadyKnown == 0 && failures > 0)
        {
            await context.SaveOutputAsync().ConfigureAwait(false);
            throw new PipelineStepFailedException(new Reason("PhotosFailed", failures));
        }
    }

    private async Task<IngestionReport> IngestAsync(PipelineContext context)
    {
        var log = new ProgressLog(context, "photos");
        try
        {
            var (dataset, rules) = IngestDatasetPipeline.Read(context, named, ingestor);
            return await ingestor.IngestRegisteredAsync(
                dataset, rules, new SynchronousProgress<ItemProgress>(progress => log.Write(progress.Completed, progress.Total)), context.CancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDatasetException exception)
        {
            throw new PipelineStepFailedException(exception.Message, exception);
        }
    }
}
