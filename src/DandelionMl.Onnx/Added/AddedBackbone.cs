using System.Text.Json.Serialization;
using DandelionMl.Backbones;

namespace DandelionMl.Onnx.Added;

/// <summary>What is kept of a backbone that was added to a data directory, beside its file.</summary>
internal sealed record AddedBackbone
{
    /// <summary>SHA-256 of the file with its weights, lower-case hexadecimal; see <see cref="Graphs.OnnxFile.Sha256"/>.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The ONNX file, relative to the folder of added backbones; null for the id with the extension <c>.onnx</c>.</summary>
    public string? File { get; init; }

    /// <summary>Length of an embedding.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Id of the preprocessing, whether it was given or read from the model.</summary>
    public required string Preprocessing { get; init; }

    /// <summary>The output that was named; null where it is found.</summary>
    public string? Output { get; init; }

    /// <summary>Whether an embedding is the mean over patches.</summary>
    public bool MeanPool { get; init; }

    /// <summary>How an embedding is taken from the graph's output, for people to read.</summary>
    public string? Reading { get; init; }

    /// <summary>The weights' licence, an SPDX id; null where it was not stated.</summary>
    public string? License { get; init; }

    /// <summary>The source of the backbone.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="path">Its ONNX file.</param>
    public IBackboneSource SourceOf(string id, string path) => new OnnxBackboneSource(
        id, new OnnxBackboneOptions { Path = path, Preprocessing = Preprocessing, Output = Output, MeanPool = MeanPool, License = License },
        Dimensions, Sha256);
}

/// <summary>Writes and reads it, generated at build.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AddedBackbone))]
internal sealed partial class AddedBackboneJson : JsonSerializerContext;
