namespace DandelionMl.AspNetCore.Tests.Support;

/// <summary>What browsers send.</summary>
internal static class BrowserRequests
{
    /// <summary>What Chromium accepts when somebody opens a page: HTML first, and anything else, too.</summary>
    public const string Accept =
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";
}
