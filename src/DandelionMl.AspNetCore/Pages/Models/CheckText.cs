using System.Globalization;
using DandelionMl.AspNetCore.Pages.Shared;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.Registry;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>The gate's checks in the reader's language. One that has no texts is shown by its own name and numbers.</summary>
internal static class CheckText
{
    private const double SmallestShown = 0.0001;

    private static readonly Func<double, string>[] _shares =
    [
        Percent.Of,
        share => share.ToString("P2", CultureInfo.CurrentCulture),
        share => share.ToString("P3", CultureInfo.CurrentCulture),
        share => share.ToString("P4", CultureInfo.CurrentCulture),
    ];

    public static string NameOf(GateCheck check, IStringLocalizer<Texts> text) =>
        text[$"Check.{check.Name}"] is { ResourceNotFound: false } name ? name : check.Name;

    /// <summary>What it takes.</summary>
    public static string NeededOf(GateCheck check, IStringLocalizer<Texts> text) =>
        text[$"Check.{check.Name}.Needed", Show(check, check.Limit)] is { ResourceNotFound: false } needed ? needed : Show(check, check.Limit);

    /// <summary>Why the gate rejected a version, in the reader's language: what was found, and what it takes.</summary>
    public static string Failures(GateVerdict verdict, IStringLocalizer<Texts> text) => verdict.Checks.Where(check => !check.Passed)
        .Select(check => text["Outcome.Failed", NameOf(check, text), Show(check, check.Value), NeededOf(check, text)].Value)
        .DefaultIfEmpty("").Aggregate((first, second) => text["Joined.Two", first, second]) + ".";

    /// <summary>A number of a check: a count, a share, or a chance.</summary>
    public static string Show(GateCheck check, double number) => check.Name switch
    {
        "accuracy" or "recall" => Share(check, number),
        "test-images" or "comparable-images" or "classes-kept" or "best-champion" => number.ToString("N0", CultureInfo.CurrentCulture),
        "test-image-uses" => number.ToString("0.#", CultureInfo.CurrentCulture),
        _ => Chance(number),
    };

    /// <summary>A share with as many decimals as it takes to tell what was found from what is needed.</summary>
    private static string Share(GateCheck check, double number)
    {
        var shown = _shares.FirstOrDefault(share => share(check.Value) != share(check.Limit)) ?? _shares[0];
        return shown(number);
    }

    /// <summary>A p-value.</summary>
    public static string Chance(double p) => p is > 0 and < SmallestShown
        ? $"< {SmallestShown.ToString(CultureInfo.CurrentCulture)}"
        : p.ToString("0.00##", CultureInfo.CurrentCulture);
}
