using System.Globalization;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Training;

namespace DandelionMl.Pipelines.BuiltIn;

/// <summary>Fetches and stores every photo that has a row but no bytes, whichever run left it so. One that can't be had is logged, and the
/// rest go on.</summary>
internal sealed class ProcessImagesStep(DatasetIngestor ingestor) : IPipelineStep
{
    public async Task RunAsync(PipelineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var log = new ProgressLog(context, "photos");
        var report = await ingestor.IngestLeftOversAsync(
            new SynchronousProgress<ItemProgress>(progress => log.Write(progress.Completed, progress.Total)), context.CancellationToken).ConfigureAwait(false);
        context.Output["new"] = report.New;
        context.Output["duplicates"] = report.Duplicates.Count;
        context.Output["conflicts"] = report.Conflicts.Count;
        context.Output["failures"] = report.Failures.Count;
        context.Log(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.New} photos stored, {report.Duplicates.Count} duplicates, {report.Failures.Count} failed."));
        ItemLog.Write(context, report.Conflicts, report.Failures);
    }
}
