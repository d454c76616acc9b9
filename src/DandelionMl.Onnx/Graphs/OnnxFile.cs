using System.Security.Cryptography;
using System.Text;

namespace DandelionMl.Onnx.Graphs;

/// <summary>An ONNX file that was read, with the files beside it in which its weights lie.</summary>
internal sealed class OnnxFile
{
    private OnnxFile(byte[] graph, string? folder, IReadOnlyList<string> weights, string sha256, WeightCopies? copies = null) =>
        (Graph, Folder, Weights, Sha256, Copies) = (graph, copies?.Folder ?? folder, weights, sha256, copies);

    /// <summary>The ONNX file's bytes.</summary>
    public byte[] Graph { get; }

    /// <summary>The folder in which the files of weights are looked for; null for a graph that has its weights inside.</summary>
    public string? Folder { get; }

    /// <summary>The files of weights, relative to the folder.</summary>
    public IReadOnlyList<string> Weights { get; }

    /// <summary>The copies of the files of weights, while they are needed; null where there are none.</summary>
    public WeightCopies? Copies { get; }

    /// <summary>SHA-256 of the file, lower-case hexadecimal; where weights lie beside it, of the hash of each file: the ONNX file's, then
    /// of each file of weights in order its name, a zero byte and its hash.</summary>
    public string Sha256 { get; }

    /// <summary>A graph in memory, its weights inside it.</summary>
    public static OnnxFile Of(byte[] graph) => new(graph, null, [], Convert.ToHexStringLower(SHA256.HashData(graph)));

    /// <summary>Reads a file, and hashes those in which its weights lie. Where these are links, as in the cache of the Hugging Face hub, which
    /// ONNX Runtime does not follow, they are copied.</summary>
    /// <exception cref="UnusableGraphException">A file of weights is missing, or lies outside of the ONNX file's folder.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static OnnxFile Read(string path)
    {
        var graph = File.ReadAllBytes(path);
        var weights = WeightFiles.Of(graph);
        if (weights.Count == 0)
        {
            return Of(graph);
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(graph));
        foreach (var name in weights)
        {
            using var file = Open(folder, name);
            hash.AppendData(Encoding.UTF8.GetBytes(name + '\0'));
            hash.AppendData(SHA256.HashData(file));
        }

        var copies = weights.Any(name => File.ResolveLinkTarget(Path.Combine(folder, name), returnFinalTarget: false) is not null)
            ? new WeightCopies(folder, weights)
            : null;
        return new OnnxFile(graph, folder, weights, Convert.ToHexStringLower(hash.GetHashAndReset()), copies);
    }

    private static FileStream Open(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        if (name.Length == 0 || !path.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new UnusableGraphException($"Its weights are to be read from '{name}', which is not in its folder. Export it anew.");
        }

        try
        {
            return File.OpenRead(path);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UnusableGraphException(
                $"Its weights are in a file of their own, '{name}', which was not found beside it. Put it there, or export it as one file.", cause);
        }
    }
}
