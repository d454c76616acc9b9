using System.Globalization;
using DandelionMl.AspNetCore.Pages.Shared;
using DandelionMl.AspNetCore.Resources;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Pipelines;

/// <summary>Reasons in the reader's language.</summary>
internal static class ReasonWords
{
    /// <summary>It in words; in English where it has no code.</summary>
    public static string Of(Reason reason, IStringLocalizer<Texts> text) =>
        reason.Code is null ? reason.ToString() : text[$"Reason.{reason.Code}", [.. reason.Values.Select(value => Show(value, text))]];

    private static string Show(object value, IStringLocalizer<Texts> text) => value switch
    {
        long number => number.ToString("N0", CultureInfo.CurrentCulture),
        DateTimeOffset time => text["Reason.Time", time.ToString("g", CultureInfo.CurrentCulture)],
        Reason other => Of(other, text),
        _ => Isolated.Of(value.ToString()!),
    };
}
