using System.Globalization;

namespace DandelionMl.AspNetCore.Pages.Shared;

/// <summary>Shares as readers write them.</summary>
internal static class Percent
{
    private const double Least = 0.001;

    /// <summary>A share with one decimal; what is nearly all or nearly nothing is never called so.</summary>
    public static string Of(double share) => share switch
    {
        > 0 and < Least / 2 => $"< {Least.ToString("P1", CultureInfo.CurrentCulture)}",
        > 1 - (Least / 2) and < 1 => $"> {(1 - Least).ToString("P1", CultureInfo.CurrentCulture)}",
        _ => share.ToString("P1", CultureInfo.CurrentCulture),
    };
}
