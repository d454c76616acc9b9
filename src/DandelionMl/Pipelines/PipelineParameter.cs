using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.Pipelines;

/// <summary>A value that a pipeline can be started with.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for, in words.</param>
/// <param name="IsRequired">Whether every run needs it.</param>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed record PipelineParameter(string Name, string Description, bool IsRequired = false)
{
    /// <summary>Whether its value is <c>true</c> or <c>false</c>, and <c>false</c> where it is left out; forms show a check box. Off by
    /// default.</summary>
    public bool IsSwitch { get; init; }
}
