using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Pipelines;

/// <summary>A step of a pipeline whose work is a function; see <see cref="PipelineStep{TStep}"/> for one that is a class.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public class PipelineStep
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(30);

    /// <summary>Creates the step.</summary>
    /// <param name="name">Its name, unique in its pipeline: lower-case letters, digits and hyphens.</param>
    /// <param name="run">Its work; see <see cref="IPipelineStep.RunAsync"/> for what it must keep to.</param>
    public PipelineStep(string name, Func<PipelineContext, Task> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        PipelineName.Check(name, nameof(name));
        (Name, Run) = (name, run);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>How often it is tried again after a failure: 1 by default, 0 to 100. An attempt that is lost with its host counts as
    /// failed, so that a step that crashes its host is not repeated for ever.</summary>
    public int Retries
    {
        get;
        init => field = value is >= 0 and <= 100
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Retries of step '{Name}': 0 to 100 are accepted.");
    } = 1;

    /// <summary>How long after its first failure it is tried again: 5 minutes by default. Each further failure doubles the delay, up to
    /// <see cref="MaxRetryDelay"/>; chance adds up to a tenth.</summary>
    public TimeSpan RetryDelay
    {
        get;
        init => field = value >= TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"The retry delay of step '{Name}' is negative.");
    } = TimeSpan.FromMinutes(5);

    /// <summary>The longest that the delay grows to: 1 hour by default. A longer <see cref="RetryDelay"/> stays as it is.</summary>
    public TimeSpan MaxRetryDelay
    {
        get;
        init => field = value >= TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"The longest retry delay of step '{Name}' is negative.");
    } = TimeSpan.FromHours(1);

    /// <summary>How long an attempt may take: null, the default, for any time; else up to 30 days. An attempt that takes longer has its
    /// <see cref="PipelineContext.CancellationToken"/> cancelled and fails, and is tried again like after any failure. One that keeps
    /// running is abandoned after <see cref="PipelineOptions.StopGracePeriod"/>.</summary>
    public TimeSpan? Timeout
    {
        get;
        init => field = value is null || (value > TimeSpan.Zero && value <= LongestTimeout)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, $"The time-out of step '{Name}': more than zero, and up to 30 days, is accepted.");
    }

    internal Func<PipelineContext, Task> Run { get; }
}

/// <summary>A step whose work is a class of its own.</summary>
/// <typeparam name="TStep">The class; taken from the services where it is registered, else made with what its constructor asks
/// for.</typeparam>
/// <param name="name">Its name, unique in its pipeline: lower-case letters, digits and hyphens.</param>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class PipelineStep<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStep>(string name)
    : PipelineStep(name, context => ActivatorUtilities.GetServiceOrCreateInstance<TStep>(context.Services).RunAsync(context))
    where TStep : class, IPipelineStep;
