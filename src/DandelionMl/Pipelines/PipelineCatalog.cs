namespace DandelionMl.Pipelines;

/// <summary>The pipelines of this application.</summary>
internal sealed class PipelineCatalog
{
    private readonly Dictionary<string, PipelineDefinition> _byId = new(StringComparer.Ordinal);

    /// <param name="definitions">The library's, then the application's: a later one takes the place of an earlier one of its id.</param>
    public PipelineCatalog(IEnumerable<PipelineDefinition> definitions)
    {
        foreach (var definition in definitions)
        {
            _byId[definition.Id] = definition;
        }

        All = [.. _byId.Values];
    }

    public IReadOnlyList<PipelineDefinition> All { get; }

    public PipelineDefinition? Find(string id) => _byId.GetValueOrDefault(id);

    /// <exception cref="UnknownPipelineException">The pipeline was not found.</exception>
    public PipelineDefinition Get(string id) =>
        Find(id) ?? throw new UnknownPipelineException(id, [.. _byId.Keys.Order(StringComparer.Ordinal)]);
}
