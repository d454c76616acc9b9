using System.Globalization;
using DandelionMl.Pipelines;

namespace DandelionMl.Tool.Commands;

/// <summary>Shows a run's log to a person as it is written.</summary>
internal sealed class PipelineProgress(Terminal terminal) : IProgress<PipelineLogLine>
{
    public void Report(PipelineLogLine value)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"run {value.RunId} {value.Step}: {value.Text}");
        if (value.Level == LogLevel.Information)
        {
            terminal.WriteRemark(text);
        }
        else
        {
            terminal.WriteWarning(text);
        }
    }
}
