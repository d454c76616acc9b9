using System.Globalization;
using DandelionMl.AspNetCore.Pages.Shared;
using DandelionMl.AspNetCore.Resources;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Settings;

/// <summary>Values of settings in the reader's language.</summary>
internal static class SettingText
{
    private const double BytesOfMegabyte = 1024 * 1024;

    public static string Show(object value, IStringLocalizer<Texts> text) => value switch
    {
        double share => Percent.Of(share),
        bool flag => text[flag ? "Made.True" : "Made.False"],
        long bytes => text["Setting.Megabytes", (bytes / BytesOfMegabyte).ToString("#,0.#", CultureInfo.CurrentCulture)],
        int number => number.ToString("N0", CultureInfo.CurrentCulture),
        TimeSpan { TotalDays: >= 2 } time => text["Setting.Days", time.TotalDays.ToString("#,0.#", CultureInfo.CurrentCulture)],
        TimeSpan { Ticks: > 0 } time => Duration.Of(time, text),
        TimeSpan => text["Setting.NoTime"],
        _ => value.ToString()!,
    };
}
