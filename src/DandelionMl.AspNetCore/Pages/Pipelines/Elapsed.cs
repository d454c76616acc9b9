using System.Globalization;

namespace DandelionMl.AspNetCore.Pages.Pipelines;

/// <summary>Measured lengths of time, short: in units that the pages' languages share.</summary>
internal static class Elapsed
{
    public static string Of(TimeSpan? time) => time switch
    {
        null => "–",
        { TotalSeconds: < 10 } => $"{time.Value.TotalSeconds.ToString("0.0", CultureInfo.CurrentCulture)} s",
        { TotalSeconds: < 60 } => Text($"{time.Value.Seconds} s"),
        { TotalHours: < 1 } => Text($"{time.Value.Minutes} min {time.Value.Seconds} s"),
        { TotalDays: < 1 } => Text($"{time.Value.Hours} h {time.Value.Minutes} min"),
        _ => Text($"{time.Value.Days} d {time.Value.Hours} h"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.CurrentCulture);
}
