using DandelionMl.Catalog.Ingestion;
using DandelionMl.Hosting;
using DandelionMl.Pipelines;
using DandelionMl.Pipelines.BuiltIn;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Starts runs that are asked for over HTTP. An ingestion is bound to what the settings allow, since it makes the server read
/// files and fetch addresses.</summary>
/// <param name="runs">Queues them.</param>
/// <param name="named">The application's own data sets.</param>
/// <param name="options">Tell what is allowed.</param>
internal sealed class RemoteRuns(PipelineRuns runs, IEnumerable<IDataset> named, IOptions<DandelionMlOptions> options)
{
    /// <exception cref="DatasetNotAllowedException">The data set has no name and is in no allowed folder.</exception>
    public Task<StartedRun> StartAsync(
        string pipeline,
        string startedBy,
        IReadOnlyDictionary<string, string>? parameters,
        StartTerms terms,
        CancellationToken cancellationToken)
    {
        if (FindDataset(pipeline, parameters) is { } dataset)
        {
            DatasetAccess.Check(dataset, named, options.Value.Ingestion);
            parameters = new Dictionary<string, string>(parameters!) { [IngestDatasetPipeline.RemoteParameter] = "true" };
        }

        return runs.StartAsync(pipeline, startedBy, parameters, terms, cancellationToken);
    }

    /// <summary>Runs a run again, whoever started it: on the server itself more may be ingested than over HTTP.</summary>
    /// <exception cref="DatasetNotAllowedException">The data set has no name and is in no allowed folder.</exception>
    /// <exception cref="PipelineRunNotFoundException">There is no such run.</exception>
    /// <exception cref="PipelineRunStateException">It has not failed.</exception>
    public async Task<PipelineRun> RetryAsync(long runId, string startedBy, TimeSpan? lease, CancellationToken cancellationToken)
    {
        var run = await runs.GetAsync(runId, cancellationToken).ConfigureAwait(false);
        if (FindDataset(run.Pipeline, run.Parameters) is { } dataset)
        {
            DatasetAccess.Check(dataset, named, options.Value.Ingestion);
        }

        return await runs.RetryAsync(runId, startedBy, lease, cancellationToken).ConfigureAwait(false);
    }

    private static string? FindDataset(string pipeline, IReadOnlyDictionary<string, string>? parameters) =>
        pipeline == PipelineIds.IngestDataset
        && parameters?.GetValueOrDefault(IngestDatasetPipeline.DatasetParameter) is { } dataset && !string.IsNullOrWhiteSpace(dataset)
            ? dataset
            : null;
}
