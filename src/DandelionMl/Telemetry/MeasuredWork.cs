using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DandelionMl.Telemetry;

/// <summary>Measures work that may fail: its time, in a histogram and a span, and the kind of its error.</summary>
internal static class MeasuredWork
{
    /// <param name="duration">The histogram of its time in seconds.</param>
    /// <param name="span">The name of its span.</param>
    /// <param name="work">The work; it is given its span, null where none is made.</param>
    /// <param name="kind">The kind of its span.</param>
    /// <param name="tags">The attributes of its time, besides that of an error.</param>
    public static async Task<T> MeasureAsync<T>(
        this Histogram<double> duration,
        string span,
        Func<Activity?, Task<T>> work,
        ActivityKind kind = ActivityKind.Internal,
        params KeyValuePair<string, object?>[] tags)
    {
        var startedAt = Stopwatch.GetTimestamp();

        // Here and not by the caller, whose later spans would else be its children.
        using var activity = LibraryTelemetry.Source.StartActivity(span, kind);
        Exception? failure = null;
        try
        {
            return await work(activity).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
            activity?.SetTag(TelemetryTags.ErrorType, TelemetryTags.ErrorTypeOf(exception))
                .SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
        finally
        {
            duration.Record(
                Stopwatch.GetElapsedTime(startedAt).TotalSeconds,
                failure is null ? tags : [.. tags, TelemetryTags.Of(TelemetryTags.ErrorType, TelemetryTags.ErrorTypeOf(failure))]);
        }
    }
}
