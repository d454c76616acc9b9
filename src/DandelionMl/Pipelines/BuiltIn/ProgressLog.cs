using System.Globalization;

namespace DandelionMl.Pipelines.BuiltIn;

/// <summary>Tells how far a step is, in a line for each tenth of the way but the last, which the step's own summary tells.</summary>
/// <param name="context">Takes the lines.</param>
/// <param name="what">What is counted.</param>
internal sealed class ProgressLog(PipelineContext context, string what)
{
    private const int Parts = 10;
    private long _told;

    public void Write(long completed, long total)
    {
        var part = completed * Parts / total;
        if (part > _told && part < Parts)
        {
            _told = part;
            context.Log(string.Create(CultureInfo.InvariantCulture, $"{completed} of {total} {what}."));
        }
    }
}
