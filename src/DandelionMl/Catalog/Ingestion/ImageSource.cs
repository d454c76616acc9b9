using System.Text.RegularExpressions;
using DandelionMl.Storage;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Sources of images as the catalog keeps them in <c>url_source</c>.</summary>
/// <remarks>A local file is kept under its <c>file</c> URI. When its content is another one than was ingested, the new content is kept under
/// the same URI with the fragment <c>#sha256=…</c>: a new image, and the old one stays what it was.</remarks>
internal static partial class ImageSource
{
    private const string ContentFragment = "#sha256=";

    /// <returns>The <c>file</c> URI of a path, every character in it that is not a path's own being escaped.</returns>
    public static string OfFile(string path) => FileUri.Of(path);

    /// <returns>The path of a <c>file</c> URI.</returns>
    public static string ToPath(Uri file) =>
        Path.DirectorySeparatorChar == '/' ? Uri.UnescapeDataString(file.AbsolutePath) : file.LocalPath;

    /// <summary>Whether a text names its source by a scheme, rather than being a path.</summary>
    public static bool HasScheme(string text) => Scheme().IsMatch(text);

    public static string WithContent(string source, string sha256) => source + ContentFragment + sha256;

    /// <summary>Whether a source names the content that it stands for, and that is another one.</summary>
    public static bool IsOtherContent(Uri source, string sha256) =>
        source.IsFile && source.Fragment.StartsWith(ContentFragment, StringComparison.Ordinal)
        && source.Fragment[ContentFragment.Length..] != sha256;

    /// <summary>A source as people read it: the path of a local file, without escapes; of an address no user name or password; no control
    /// characters.</summary>
    public static string Display(string source)
    {
        var text = Uri.TryCreate(source, UriKind.Absolute, out var uri) && uri is { IsFile: true, Host.Length: 0 } && HasScheme(source)
            ? ToPath(uri)
            : UserInfo().Replace(source, "");
        return Printable(text);
    }

    /// <summary>A text that a terminal and a log take as text: U+FFFD stands for each control character.</summary>
    public static string Printable(string text) => string.Create(text.Length, text, static (shown, text) =>
    {
        for (var i = 0; i < shown.Length; i++)
        {
            shown[i] = char.IsControl(text[i]) ? '\uFFFD' : text[i];
        }
    });

    /// <summary>The canonical form of a source, or why it is none.</summary>
    public static bool TryNormalise(string source, out string normalised, out string reason)
    {
        normalised = "";
        if (!Uri.TryCreate(LocalFile().Replace(source, "file:///"), UriKind.Absolute, out var uri))
        {
            reason = "This is not a valid address; use one that begins with http://, https:// or file:///.";
        }
        else if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeFile)
        {
            reason = $"Sources of scheme '{uri.Scheme}' are not supported; use http, https or file.";
        }
        else if (uri.IsFile && uri.Host.Length > 0)
        {
            reason = "Files on other machines are not supported.";
        }
        else if (uri.UserInfo.Length > 0)
        {
            reason = "The address holds a user name or a password, which are neither used nor kept: leave them out.";
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

    // Any other colon may be a file name's own.
    [GeneratedRegex("^(https?:|file:|data:|[a-z][a-z0-9+.-]*://)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex("^file:(//localhost)?/(?!/)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LocalFile();

    [GeneratedRegex("(?<=://)[^/?#]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
