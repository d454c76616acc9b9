using System.Text.RegularExpressions;

namespace DandelionMl.Tests.Architecture;

/// <summary>Which folder of the sources uses which, read from namespaces, usings and qualified names. A folder is named by the namespace
/// that its path makes.</summary>
internal sealed partial class SourceFolders
{
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <param name="files">Sources by their path below <c>src</c>, with <c>/</c>.</param>
    public SourceFolders(IEnumerable<KeyValuePair<string, string>> files)
    {
        foreach (var (path, text) in files)
        {
            _files[path] = text;
            _folders.Add(FolderOf(path, text));
        }
    }

    public IReadOnlyDictionary<string, string> Files => _files;

    /// <summary>Every use of another folder: by which file, of which folder.</summary>
    public IEnumerable<(string File, string From, string To)> Uses() =>
        from file in _files
        let folder = FolderOf(file.Key, file.Value)
        from used in UsedBy(folder, file.Value).Distinct()
        select (file.Key, folder, used);

    /// <summary>The circles among folders that lie in the same one, each with its members in order and a use that closes it.</summary>
    public IReadOnlyList<string> Circles()
    {
        var graphs = new Dictionary<string, Dictionary<string, SortedDictionary<string, string>>>(StringComparer.Ordinal);
        foreach (var (file, from, to) in Uses())
        {
            if (Siblings(from, to) is var (parent, first, second))
            {
                var graph = graphs.TryGetValue(parent, out var known) ? known : graphs[parent] = new(StringComparer.Ordinal);
                (graph.TryGetValue(first, out var uses) ? uses : graph[first] = new(StringComparer.Ordinal)).TryAdd(second, file);
            }
        }

        return [.. graphs.Values.SelectMany(graph => graph.Keys.Order(StringComparer.Ordinal).Select(start => CircleFrom(start, graph)).OfType<string>())];
    }

    /// <summary>The folder of a file, as a namespace: that of its path, or of a folder above it whose namespace the file declares.</summary>
    public static string FolderOf(string path, string text)
    {
        var folder = path[..Math.Max(0, path.LastIndexOf('/'))].Replace('/', '.');
        var declared = NamespaceOf(text);
        return declared.Length > 0 && folder.StartsWith(declared + ".", StringComparison.Ordinal) ? declared : folder;
    }

    /// <summary>The namespace that a file declares; empty if it declares none.</summary>
    public static string NamespaceOf(string text) => Namespace().Match(text).Groups[1].Value;

    private IEnumerable<string> UsedBy(string folder, string text)
    {
        foreach (Match use in Using().Matches(text))
        {
            if (use.Groups[1].Value is var used && used != folder && _folders.Contains(used))
            {
                yield return used;
            }
        }

        // A folder beside, or anywhere above, may be named from its parent's namespace without a using. The key of a text is no name.
        foreach (Match name in QualifiedName().Matches(TextKey().Replace(Comment().Replace(text, ""), "")))
        {
            if (Resolve(folder, name.Value) is { } used)
            {
                yield return used;
            }
        }
    }

    private string? Resolve(string folder, string name)
    {
        for (var scope = folder; ; scope = scope[..Math.Max(0, scope.LastIndexOf('.'))])
        {
            for (var end = name.LastIndexOf('.'); end > 0; end = name.LastIndexOf('.', end - 1))
            {
                var candidate = scope.Length > 0 ? $"{scope}.{name[..end]}" : name[..end];
                if (_folders.Contains(candidate))
                {
                    return candidate == folder ? null : candidate;
                }
            }

            if (scope.Length == 0)
            {
                return null;
            }
        }
    }

    private static (string Parent, string First, string Second)? Siblings(string from, string to)
    {
        var (a, b) = (from.Split('.'), to.Split('.'));
        var common = a.Zip(b).TakeWhile(pair => pair.First == pair.Second).Count();
        return common == a.Length || common == b.Length
            ? null
            : (string.Join('.', a[..common]), string.Join('.', a[..(common + 1)]), string.Join('.', b[..(common + 1)]));
    }

    // Tells a circle once, from the first of its members.
    private static string? CircleFrom(string start, Dictionary<string, SortedDictionary<string, string>> graph)
    {
        var (ways, queue) = (new Dictionary<string, string>(StringComparer.Ordinal) { [start] = start }, new Queue<string>([start]));
        while (queue.TryDequeue(out var folder))
        {
            foreach (var (next, file) in graph.GetValueOrDefault(folder) ?? [])
            {
                var way = $"{ways[folder]} -> {next} ({file})";
                if (next == start)
                {
                    return way;
                }

                if (string.CompareOrdinal(next, start) > 0 && ways.TryAdd(next, way))
                {
                    queue.Enqueue(next);
                }
            }
        }

        return null;
    }

    [GeneratedRegex(@"[Tt]ext\[""[^""]*""")]
    private static partial Regex TextKey();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^@?using (?:static )?([\w.]+);?\s*$", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"(?<![\w.@])[A-Z]\w*(?:\.[A-Z]\w*)+")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"//.*|^@?using .*$|^namespace .*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
