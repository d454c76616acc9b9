using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>The files of the pages: styles, scripts, pictures, all of them in this assembly. Each has its content's hash in its address, so
/// that browsers keep it for good and fetch it anew once it changes. Scripts have one hash together: it is in their imports, too.
/// Thread-safe.</summary>
internal sealed partial class PageAssets
{
    private const string Folder = "wwwroot/";
    private const string Scripts = "js/";
    private const int HashDigits = 12;

    private readonly FrozenDictionary<string, PageFile> _files;

    public PageAssets()
    {
        var files = Names().ToDictionary(name => name[Folder.Length..], Read, StringComparer.Ordinal);
        var scripts = Hash([.. files.Where(file => IsScript(file.Key)).OrderBy(file => file.Key, StringComparer.Ordinal).SelectMany(file => file.Value)]);
        _files = files.ToFrozenDictionary(
            file => file.Key,
            file => IsScript(file.Key) ? new PageFile(WithVersions(file.Value, scripts), scripts) : new PageFile(file.Value, Hash(file.Value)),
            StringComparer.Ordinal);
    }

    /// <summary>Their paths below <c>wwwroot</c>, without a slash at the start.</summary>
    public IEnumerable<string> Paths => _files.Keys;

    /// <summary>The address of a file, below the address of the pages.</summary>
    /// <param name="path">Its path.</param>
    public string this[string path] => $"{path}?v={_files[path].Version}";

    /// <summary>A file.</summary>
    public PageFile Find(string path) => _files[path];

    /// <summary>The scripts that a script imports, and those that they import: a browser that knows them fetches all at once.</summary>
    public IReadOnlyList<string> ImportsOf(string script)
    {
        var found = new List<string>();
        for (var (next, at) = (script, 0); ; next = found[at++])
        {
            found.AddRange(Import().Matches(_files[next].Text).Select(match => Scripts + match.Groups["name"].Value).Except(found).Where(name => name != script));
            if (at == found.Count)
            {
                return found;
            }
        }
    }

    private static bool IsScript(string path) => path.StartsWith(Scripts, StringComparison.Ordinal);

    private static IEnumerable<string> Names() => typeof(PageAssets).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal));

    private static byte[] Read(string name)
    {
        using var content = typeof(PageAssets).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[content.Length];
        content.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] WithVersions(byte[] script, string version) =>
        Encoding.UTF8.GetBytes(Import().Replace(Encoding.UTF8.GetString(script), $"from './${{name}}?v={version}'"));

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..HashDigits];

    [GeneratedRegex(@"from '\./(?<name>[\w-]+\.js)(\?v=\w+)?'")]
    private static partial Regex Import();
}
