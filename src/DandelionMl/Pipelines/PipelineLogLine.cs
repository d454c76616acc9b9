using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines;

/// <summary>A line of a run's log.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Number">Its place in the run's log, from 1.</param>
/// <param name="Step">The step that wrote it.</param>
/// <param name="At">When.</param>
/// <param name="Level"><see cref="LogLevel.Information"/>, <see cref="LogLevel.Warning"/> or <see cref="LogLevel.Error"/>.</param>
/// <param name="Text">What happened.</param>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed record PipelineLogLine(long RunId, long Number, string? Step, DateTimeOffset At, LogLevel Level, string Text);
