using System.Globalization;

namespace DandelionMl.AspNetCore.Pages.Shared;

/// <summary>Shares as readers write them.</summary>
internal static class Percent
{
    /// <summary>A share with one decimal; what is nearly all or nearly nothing is never called so.</summary>
    public static string Of(double share)
    {
        var shown = share is > 0 and < 1 ? Math.Clamp(share, 0.001, 0.999) : share;
        return shown.ToString("P1", CultureInfo.CurrentCulture);
    }
}
