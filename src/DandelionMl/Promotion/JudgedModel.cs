using System.Numerics.Tensors;
using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Promotion;

/// <summary>A version with all that is needed to ask it about images.</summary>
/// <param name="Version">The version.</param>
/// <param name="Head">Its head.</param>
/// <param name="Manifest">What it saw.</param>
/// <param name="Embeddings">The images to ask about, in its own space, by SHA-256.</param>
internal sealed record JudgedModel(
    ModelVersion Version, LinearHead Head, TrainingManifest Manifest, IReadOnlyDictionary<string, ReadOnlyMemory<float>> Embeddings)
{
    /// <summary>Puts a version together.</summary>
    /// <exception cref="InvalidModelArtifactException">Its head takes other embeddings than these.</exception>
    public static JudgedModel Of(
        ModelVersion version, ModelArtifact artifact, TrainingManifest manifest, IReadOnlyDictionary<string, ReadOnlyMemory<float>> embeddings)
    {
        if (embeddings.Values.FirstOrDefault() is { IsEmpty: false } embedding)
        {
            ModelArtifactValidation.CheckTakes(artifact, embedding.Length);
        }

        return new JudgedModel(version, LinearHead.From(artifact), manifest, embeddings);
    }

    public int TrainingImages { get; } = Manifest.Images.Count(image => image.Split == DataSplit.Train);

    public bool Knows(string label) => Version.Labels.Contains(label);

    public bool CanBeAsked(ManifestImage image) => Embeddings.ContainsKey(image.Sha256);

    /// <summary>Whether its most probable class has the name of the image's label.</summary>
    public bool IsRight(ManifestImage image) => Answer(image).Label == image.Label;

    /// <summary>Whether it is right on a photo, see <see cref="DistinctPhotos.IsRight"/>.</summary>
    public bool IsRight(List<ManifestImage> photo) => DistinctPhotos.IsRight(photo.ConvertAll(IsRight));

    /// <summary>What it takes an image for.</summary>
    public ImageAnswer Answer(ManifestImage image)
    {
        var probabilities = Head.Classify(Embeddings[image.Sha256].Span);
        var most = TensorPrimitives.IndexOfMax<float>(probabilities);
        return new ImageAnswer(Version.Labels[most], probabilities[most]);
    }
}
