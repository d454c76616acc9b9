using DandelionMl.Storage;

namespace DandelionMl.Registry;

/// <summary>What an artifact's file is called, but for its number.</summary>
internal static class ArtifactName
{
    private const string Dinov2 = "dinov2";

    /// <summary><c>{family}_classifier</c>, the family being the backbone's id up to its version: <c>dinov2-vits14</c> gives
    /// <c>dinov2</c>, <c>builtin-v1</c> gives <c>builtin</c>.</summary>
    public static string Of(string backboneId)
    {
        var family = backboneId;
        if (backboneId.StartsWith(Dinov2, StringComparison.Ordinal))
        {
            family = Dinov2;
        }
        else if (backboneId.IndexOf("-v", StringComparison.Ordinal) is var version and > 0)
        {
            family = backboneId[..version];
        }

        return $"{Escape(family)}_classifier";
    }

    // A backbone of the user's own may have any id.
    private static string Escape(string family) =>
        string.Concat(family.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'))
            [..Math.Min(family.Length, StorageKeys.MaxLength / 4)];
}
