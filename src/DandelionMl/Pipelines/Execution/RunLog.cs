using DandelionMl.Data;
using DandelionMl.Pipelines.Rows;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.Execution;

/// <summary>The lines that this process adds to a run's log, until they are kept. Numbered here, since only the run's owner adds any: a
/// line that is written twice is there once. Thread-safe.</summary>
internal sealed class RunLog(long runId, long lastNumber, TimeProvider time, IProgress<PipelineLogLine>? progress)
{
    private readonly Lock _gate = new();
    private readonly Queue<PipelineLogLine> _pending = [];
    private long _lastNumber = lastNumber;
    private bool _isClosed;

    public void Write(string? step, string text, LogLevel level = LogLevel.Information)
    {
        ArgumentNullException.ThrowIfNull(text);
        var shown = level is LogLevel.Warning ? level : level is LogLevel.Error or LogLevel.Critical ? LogLevel.Error : LogLevel.Information;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            var line = new PipelineLogLine(runId, ++_lastNumber, step, time.GetUtcMicroseconds(), shown, PipelineText.Clean(text));
            _pending.Enqueue(line);
            progress?.Report(line);
        }
    }

    /// <summary>Has nothing more written: the run is over, and what a step says that was given up is no part of it.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    public IReadOnlyList<PipelineLogLine> Pending()
    {
        lock (_gate)
        {
            return [.. _pending];
        }
    }

    /// <summary>The first of the pending lines are in the database.</summary>
    public void Confirm(int count)
    {
        lock (_gate)
        {
            for (var i = 0; i < count; i++)
            {
                _pending.Dequeue();
            }
        }
    }
}
