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
    public Task<PipelineRun> StartAsync(
        string pipeline, string startedBy, IReadOnlyDictionary<string, string>? parameters, CancellationToken cancellationToken)
    {
        if (pipeline == PipelineIds.IngestDataset
            && parameters?.GetValueOrDefault(IngestDatasetPipeline.DatasetParameter) is { } dataset && !string.IsNullOrWhiteSpace(dataset))
        {
            DatasetAccess.Check(dataset, named, options.Value.Ingestion);
            parameters = new Dictionary<string, string>(parameters) { [IngestDatasetPipeline.RemoteParameter] = "true" };
        }

        return runs.StartAsync(pipeline, startedBy, parameters, cancellationToken);
    }
}
