using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Pipelines;

/// <summary>A step of a pipeline whose work is a function; see <see cref="PipelineStep{TStep}"/> for one that is a class.</summary>
public class PipelineStep
{
    /// <summary>Makes the step.</summary>
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

    /// <summary>How often it is tried again after a failure: 1 by default, 0 to 100. An attempt that was lost with its host counts as
    /// failed, so that a step that ends its host does not do so for ever.</summary>
    public int Retries
    {
        get;
        init => field = value is >= 0 and <= 100
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Retries of step '{Name}': 0 to 100 are taken.");
    } = 1;

    /// <summary>How long after a failure: 5 minutes by default.</summary>
    public TimeSpan RetryDelay
    {
        get;
        init => field = value >= TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"The retry delay of step '{Name}' is negative.");
    } = TimeSpan.FromMinutes(5);

    internal Func<PipelineContext, Task> Run { get; }
}

/// <summary>A step whose work is a class of its own.</summary>
/// <typeparam name="TStep">The class; taken from the services where it is registered, else made with what its constructor asks
/// for.</typeparam>
/// <param name="name">Its name, unique in its pipeline: lower-case letters, digits and hyphens.</param>
public sealed class PipelineStep<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStep>(string name)
    : PipelineStep(name, context => ActivatorUtilities.GetServiceOrCreateInstance<TStep>(context.Services).RunAsync(context))
    where TStep : class, IPipelineStep;
