using System.Globalization;
using DandelionMl.AspNetCore.Pages.Shared;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.LiveAccuracy;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>How a week's accuracy is said.</summary>
internal static class LiveAccuracyText
{
    /// <summary>The interval, or what is missing for one.</summary>
    public static string Describe(LiveFigure figure, IStringLocalizer<Texts> text) => figure switch
    {
        { Estimate: { } estimate } => text["AccuracyChart.Between", Percent.Of(estimate.Low), Percent.Of(estimate.High)],
        { Missing: { } missing } => text["LiveAccuracy.Missing", missing],
        _ => text["LiveAccuracy.TooFew"],
    };

    /// <summary>The week's Monday.</summary>
    public static string DayOf(WeekAccuracy week) => week.Week.ToString("d MMM yyyy", CultureInfo.CurrentCulture);
}
