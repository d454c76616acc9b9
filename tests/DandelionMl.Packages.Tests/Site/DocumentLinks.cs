using System.Text.RegularExpressions;
using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests.Site;

/// <summary>The links of a Markdown document to files of the checkout and to headings in them, as the repository's site follows
/// them.</summary>
internal static partial class DocumentLinks
{
    /// <summary>The links that lead nowhere, each with its document and target. Links to other sites are not followed.</summary>
    public static IReadOnlyList<string> Broken(string path)
    {
        var text = WithoutCode(File.ReadAllText(Checkout.PathOf(path)));
        return
        [
            .. Link().Matches(text).Select(match => match.Groups["target"].Value).Where(target => !Leads(path, target))
                .Select(target => $"{path}: {target}"),
        ];
    }

    private static bool Leads(string path, string target)
    {
        if (Uri.TryCreate(target, UriKind.Absolute, out var address) && !address.IsFile)
        {
            return true;
        }

        var parts = target.Split('#', 2);
        var (file, heading) = (parts[0], parts.Length > 1 ? parts[1] : "");
        var document = Checkout.PathOf(path);
        var full = file.Length == 0 ? document : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document)!, file));
        return (File.Exists(full) || Directory.Exists(full)) && (heading.Length == 0 || HeadingsOf(full).Contains(heading));
    }

    private static HashSet<string> HeadingsOf(string file) => [.. Heading().Matches(WithoutCode(File.ReadAllText(file)))
        .Select(match => NotInAnchor().Replace(match.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-'))];

    private static string WithoutCode(string text) => Fence().Replace(text.ReplaceLineEndings("\n"), "");

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"^ *```[\s\S]*?^ *```$", RegexOptions.Multiline)]
    private static partial Regex Fence();
}
