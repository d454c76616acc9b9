namespace DandelionMl.Catalog.Ingestion;

/// <summary>Sources of images as the catalog keeps them in <c>url_source</c>.</summary>
/// <remarks>A local file is kept under its <c>file</c> URI. When its content is another one than was ingested, the new content is kept under
/// the same URI with the fragment <c>#sha256=…</c>: a new image, and the old one stays what it was.</remarks>
internal static class ImageSource
{
    private const string ContentFragment = "#sha256=";

    /// <returns>The <c>file</c> URI of a path, every character in it that is not a path's own being escaped.</returns>
    public static string OfFile(string path) => new Uri(Path.GetFullPath(path)).AbsoluteUri;

    public static string WithContent(string source, string sha256) => source + ContentFragment + sha256;

    /// <summary>Whether a source names the content that it stands for, and that is another one.</summary>
    public static bool IsOtherContent(Uri source, string sha256) =>
        source.IsFile && source.Fragment.StartsWith(ContentFragment, StringComparison.Ordinal)
        && source.Fragment[ContentFragment.Length..] != sha256;

    /// <summary>The canonical form of a source, or why it is none.</summary>
    public static bool TryNormalise(string source, out string normalised, out string reason)
    {
        normalised = "";
        if (!Uri.TryCreate(source, UriKind.Absolute, out var uri))
        {
            reason = "The source is not an absolute URI.";
        }
        else if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeFile)
        {
            reason = $"Sources of scheme '{uri.Scheme}' are not supported; use http, https or file.";
        }
        else if (uri.IsFile && uri.Host.Length > 0)
        {
            reason = "Files on other machines are not supported.";
        }
        else if (uri.AbsoluteUri.Length > SqlImageCatalog.MaxSourceLength)
        {
            reason = $"The source has more than {SqlImageCatalog.MaxSourceLength} characters.";
        }
        else
        {
            normalised = uri.AbsoluteUri;
            reason = "";
            return true;
        }

        return false;
    }
}
