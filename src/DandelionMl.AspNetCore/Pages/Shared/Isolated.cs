namespace DandelionMl.AspNetCore.Pages.Shared;

/// <summary>Anybody's words in a sentence of the pages.</summary>
internal static class Isolated
{
    /// <summary>A label that keeps to itself, whichever way it is written: else one from right to left moves what stands beside it.</summary>
    public static string Of(string label) => $"\u2068{label}\u2069";
}
