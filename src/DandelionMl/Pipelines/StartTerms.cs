using System.Globalization;
using System.Text;
using DandelionMl.Catalog.Ingestion;

namespace DandelionMl.Pipelines;

/// <summary>What a program says when it starts a run, beside the pipeline's parameters.</summary>
internal sealed record StartTerms
{
    /// <summary>Most characters of a key and of a group.</summary>
    public const int MaxNameLength = 500;

    public static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan LongestLease = TimeSpan.FromHours(1);

    public static StartTerms None { get; } = new();

    /// <summary>The idempotency key: of starts of a pipeline with the same key, the first starts a run, and the others find it, in whatever
    /// state it is. Null for a run of its own.</summary>
    public string? Key { get; init; }

    /// <summary>A run that starts in a group cancels the earlier ones of the pipeline that are in it. Null for none.</summary>
    public string? Group { get; init; }

    /// <summary>The run is cancelled when nobody has renewed it for so long; null for never.</summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>The steps to do, of the pipeline's; null for all.</summary>
    public IReadOnlyList<string>? Steps { get; init; }

    /// <summary>Whether a step is to be done.</summary>
    public bool Includes(string step) => Steps?.Contains(step, StringComparer.Ordinal) ?? true;

    /// <exception cref="InvalidPipelineParametersException">They are not what the pipeline can be started with.</exception>
    public void Check(PipelineDefinition pipeline)
    {
        var failure = NameFailure("key", Key) ?? NameFailure("group", Group) ?? LeaseFailure() ?? StepFailure(pipeline);
        if (failure is not null)
        {
            throw new InvalidPipelineParametersException(pipeline.Id, failure);
        }
    }

    private static string? NameFailure(string what, string? name) =>
        name is null ? null
        : string.IsNullOrWhiteSpace(name) ? $"The {what} of a run is empty."
        : name.Length > MaxNameLength ? string.Create(
            CultureInfo.InvariantCulture, $"The {what} of a run has {name.Length} characters; at most {MaxNameLength} are accepted.")
        : name.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar)
            ? $"The {what} of a run contains a control character, or half of one that takes two."
        : null;

    private string? LeaseFailure() => Lease is { } lease && (lease < ShortestLease || lease > LongestLease)
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"The lease of a run is {lease.TotalSeconds} seconds; {ShortestLease.TotalSeconds} to {LongestLease.TotalSeconds} are accepted.")
        : null;

    private string? StepFailure(PipelineDefinition pipeline)
    {
        var names = string.Join(", ", pipeline.Steps.Select(step => step.Name));
        return Steps is { Count: 0 } ? $"No step of pipeline '{pipeline.Id}' is asked for; it has {names}."
            : Steps?.Select(name => name ?? "").FirstOrDefault(name => pipeline.Steps.All(step => step.Name != name)) is { } unknown
                ? $"Pipeline '{pipeline.Id}' has no step '{ImageSource.Printable(unknown)}'; it has {names}."
            : null;
    }
}

/// <summary>What a start came to.</summary>
/// <param name="Run">The run.</param>
/// <param name="IsNew">Whether it was started now, and not found by its key.</param>
internal readonly record struct StartedRun(PipelineRun Run, bool IsNew);
