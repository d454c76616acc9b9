using DandelionMl.Backbones;

namespace DandelionMl.Registry;

/// <summary>Everything that is needed to serve a model, except its backbone. A file of ten to some hundred kilobytes that goes wherever the
/// model is to be served; see <see cref="Classification.Classifier.Load"/>.</summary>
public sealed record ModelArtifact
{
    // A thousand classes on the longest embeddings there are take a fifth of it.
    private const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>Class names, in the order of the probabilities; at least two.</summary>
    public required IReadOnlyList<string> Labels { get; init => field = ValueList<string>.Of(value); }

    /// <summary>Backbone and preprocessing that the head was trained on.</summary>
    public required EmbeddingSpace Space { get; init; }

    /// <summary>SHA-256 of the backbone's weights, lower-case hexadecimal.</summary>
    public required string BackboneSha256 { get; init; }

    /// <summary>Outputs × dimensions, row-major. Two classes have one output (the logit of the second class), more have one
    /// each.</summary>
    public required float[] Weights { get; init; }

    /// <summary>One value an output.</summary>
    public required float[] Bias { get; init; }

    /// <summary>What logits are divided by before they become probabilities; 1 leaves them as they are.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Where the training photos' embeddings lie, which tells unknown photos; null where that is not known, as in versions that were
    /// trained before it was kept.</summary>
    internal FamiliarRegion? Familiar { get; init; }

    /// <summary>What tells the classes that a photo may be of; null where nothing does, as in versions that were trained before it was
    /// kept.</summary>
    internal PredictionSets? Sets { get; init; }

    /// <summary>Reads an artifact from its file.</summary>
    /// <param name="source">The file, read to its end; not disposed.</param>
    /// <exception cref="InvalidModelArtifactException">The file is not an artifact, or has more than 64 MiB; the message says what is
    /// wrong with it.</exception>
    public static ModelArtifact ReadFrom(Stream source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var bytes = new MemoryStream();
        var chunk = new byte[64 * 1024];
        for (int read; (read = source.Read(chunk)) > 0;)
        {
            bytes.Write(chunk, 0, read);
            if (bytes.Length > MaxBytes)
            {
                throw new InvalidModelArtifactException($"it is larger than {MaxBytes} bytes, the limit.");
            }
        }

        return ModelArtifactFile.Read(bytes.ToArray());
    }

    /// <summary>Writes the artifact as a file: safetensors with the tensors <c>weight</c> [outputs, dimensions] and <c>bias</c> [outputs],
    /// where unknown photos are told, <c>familiar</c> [1 + directions, dimensions] and <c>familiar_extents</c> [directions], and where the
    /// classes are told that a photo may be of, <c>set_bounds</c> [classes], all F32, and everything else in <c>__metadata__</c>. The same artifact always gives the same bytes.</summary>
    /// <param name="destination">Receives the file; not disposed.</param>
    /// <exception cref="InvalidModelArtifactException">A part is missing or does not agree with the others.</exception>
    public void WriteTo(Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ModelArtifactFile.Write(this, destination);
    }

    /// <summary>Whether the two have the same parts, down to each weight.</summary>
    /// <param name="other">The other artifact.</param>
    public bool Equals(ModelArtifact? other) =>
        other is not null && Labels.Equals(other.Labels) && Space == other.Space && BackboneSha256 == other.BackboneSha256
        && Temperature.Equals(other.Temperature) && Equals(Familiar, other.Familiar) && Equals(Sets, other.Sets)
        && Weights.AsSpan().SequenceEqual(other.Weights) && Bias.AsSpan().SequenceEqual(other.Bias);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Labels, Space, BackboneSha256, Temperature, Weights.Length, Bias.Length, Familiar, Sets);
}
