using DandelionMl.AspNetCore.Resources;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Shared;

/// <summary>Lengths of time in words.</summary>
internal static class Duration
{
    /// <summary>Whole seconds below two minutes, else whole minutes, rounded up.</summary>
    public static string Of(TimeSpan time, IStringLocalizer<Texts> text) => time < TimeSpan.FromMinutes(2)
        ? text["Duration.Seconds", Math.Max(1, Math.Ceiling(time.TotalSeconds))]
        : text["Duration.Minutes", Math.Ceiling(time.TotalMinutes)];
}
