using System.Globalization;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.Registry;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Shared;

/// <summary>What a model's accuracy was measured on, in the reader's language.</summary>
internal static class TestedOn
{
    /// <summary>The number of test photos, and of distinct ones where near-duplicates are among them.</summary>
    public static string Describe(ModelMetrics metrics, IStringLocalizer<Texts> text) =>
        metrics.DistinctPhotos is { } photos && photos < metrics.Images
            ? text["Tested.Distinct", Number(metrics.Images), Number(photos), Percent.Of(metrics.DistinctAccuracy ?? 0)]
            : text["Tested.Images", metrics.Images];

    private static string Number(int count) => count.ToString("N0", CultureInfo.CurrentCulture);
}
