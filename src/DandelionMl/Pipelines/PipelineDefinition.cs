using System.Diagnostics.CodeAnalysis;
using DandelionMl.Catalog.Ingestion;

namespace DandelionMl.Pipelines;

/// <summary>A pipeline: steps that are done one after the other. Add one to an application with
/// <see cref="Microsoft.Extensions.DependencyInjection.DandelionMlServiceCollectionExtensions.AddPipeline"/>.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class PipelineDefinition
{
    /// <summary>Makes the pipeline.</summary>
    /// <param name="id">Its id: lower-case letters, digits and hyphens.</param>
    /// <param name="description">What it does, in a sentence.</param>
    /// <param name="steps">Its steps, in order; at least one.</param>
    public PipelineDefinition(string id, string description, params IReadOnlyList<PipelineStep> steps)
    {
        PipelineName.Check(id, nameof(id));
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(steps);
        if (steps.Count == 0 || steps.DistinctBy(step => step.Name).Count() != steps.Count)
        {
            throw new ArgumentException($"Pipeline '{id}' needs at least one step, and every step a different name.", nameof(steps));
        }

        (Id, Description, Steps) = (id, description, [.. steps]);
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>What it does, in a sentence.</summary>
    public string Description { get; }

    /// <summary>Its steps, in order.</summary>
    public IReadOnlyList<PipelineStep> Steps { get; }

    /// <summary>What it can be started with; nothing by default.</summary>
    public IReadOnlyList<PipelineParameter> Parameters { get; init; } = [];

    /// <summary>When it starts by itself, a cron expression of 5 fields; never by default. The setting
    /// <see cref="PipelineOptions.Schedules"/> comes before it.</summary>
    public string? Schedule { get; init; }

    /// <exception cref="InvalidPipelineParametersException">They are not what it can be started with.</exception>
    internal void Check(IReadOnlyDictionary<string, string> parameters)
    {
        var unknown = parameters.Keys.Where(name => Parameters.All(parameter => parameter.Name != name)).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            var known = Parameters.Count == 0 ? "it accepts none" : $"it accepts {string.Join(", ", Parameters.Select(parameter => parameter.Name))}";
            throw new InvalidPipelineParametersException(Id, $"Pipeline '{Id}' has no parameter '{ImageSource.Printable(string.Join("', '", unknown))}': {known}.");
        }

        var missing = Parameters.FirstOrDefault(
            parameter => parameter.IsRequired && string.IsNullOrWhiteSpace(parameters.GetValueOrDefault(parameter.Name)));
        if (missing is not null)
        {
            throw new InvalidPipelineParametersException(Id, $"Pipeline '{Id}' needs parameter '{missing.Name}': {missing.Description}");
        }

        // They are logged, shown and kept: a line break would forge a line of the log, an escape sequence would reach a terminal.
        var unprintable = parameters.FirstOrDefault(parameter => parameter.Value?.Any(char.IsControl) == true).Key;
        if (unprintable is not null)
        {
            throw new InvalidPipelineParametersException(Id, $"Parameter '{unprintable}' of pipeline '{Id}' contains a control character.");
        }

        var wrong = Parameters.FirstOrDefault(parameter =>
            parameter.IsSwitch && parameters.TryGetValue(parameter.Name, out var value) && !bool.TryParse(value, out _));
        if (wrong is not null)
        {
            throw new InvalidPipelineParametersException(
                Id, $"Parameter '{wrong.Name}' of pipeline '{Id}' is '{parameters[wrong.Name]}'; 'true' and 'false' are accepted.");
        }
    }
}
