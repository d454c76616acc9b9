using System.Globalization;
using DandelionMl.Catalog.Ingestion;

namespace DandelionMl.Pipelines.BuiltIn;

/// <summary>Puts a row for each photo of the data set into the catalog.</summary>
/// <param name="ingestor">Does it.</param>
/// <param name="named">The application's own data sets.</param>
internal sealed class InsertUrlsStep(DatasetIngestor ingestor, IEnumerable<IDataset> named) : IPipelineStep
{
    /// <summary>Name of the output that counts the photos that no row could be made for.</summary>
    public const string Failures = "failures";

    public async Task RunAsync(PipelineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var report = await RegisterAsync(context).ConfigureAwait(false);
        context.Output["toIngest"] = report.ToIngest;
        context.Output["alreadyKnown"] = report.AlreadyKnown;
        context.Output["conflicts"] = report.Conflicts.Count;
        context.Output[Failures] = report.Failures.Count;
        context.Log(string.Create(CultureInfo.InvariantCulture, $"{report.ToIngest} photos to ingest, {report.AlreadyKnown} already known."));
        ItemLog.Write(context, report.Conflicts, report.Failures);
        ItemLog.Write(context, report.Remarks);
    }

    private async Task<RegistrationReport> RegisterAsync(PipelineContext context)
    {
        try
        {
            var (dataset, rules) = IngestDatasetPipeline.Read(context, named, ingestor);
            return await ingestor.RegisterAsync(dataset, rules, context.CancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDatasetException exception)
        {
            throw new PipelineStepFailedException(exception.Message, exception);
        }
    }
}
