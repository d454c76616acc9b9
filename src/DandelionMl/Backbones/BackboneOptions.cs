namespace DandelionMl.Backbones;

/// <summary>Where backbones come from.</summary>
public sealed class BackboneOptions
{
    /// <summary>Folder for downloaded weights. Default: null, for the current user's cache (<c>~/.cache/dandelionml/weights</c>, below
    /// <c>XDG_CACHE_HOME</c> where that is set; <c>%LOCALAPPDATA%\dandelionml\cache\weights</c> on Windows).</summary>
    public string? WeightsFolder { get; set; }

    /// <summary>Weights files on this machine, by backbone id, such as <c>dinov2-vits14</c>. A local file is used instead of a
    /// download. Default: none.</summary>
    public IDictionary<string, string> LocalWeights { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
