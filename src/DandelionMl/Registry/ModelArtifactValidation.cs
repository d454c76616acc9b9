using System.Numerics.Tensors;
using DandelionMl.Labels;

namespace DandelionMl.Registry;

/// <summary>What every artifact must fulfil, whether it is about to be written or was just read.</summary>
internal static class ModelArtifactValidation
{
    /// <summary>Two classes share one output, the logit of the second; more have one each.</summary>
    public static int Outputs(int labels) => labels == 2 ? 1 : labels;

    /// <exception cref="InvalidModelArtifactException">A part is missing or does not agree with the others.</exception>
    public static void Check(ModelArtifact artifact)
    {
        CheckLabels(artifact.Labels);
        Require(artifact.Space.BackboneId is { Length: > 0 }, "it does not name its backbone.");
        Require(artifact.Space.PreprocessingId is { Length: > 0 }, "it does not name its preprocessing.");
        Require(artifact.BackboneSha256 is { Length: > 0 }, "it has no hash of the backbone's weights.");
        Require(float.IsFinite(artifact.Temperature) && artifact.Temperature > 0, $"its temperature is {artifact.Temperature}.");

        var outputs = Outputs(artifact.Labels.Count);
        Require(artifact.Bias.Length == outputs, $"{artifact.Labels.Count} labels need {outputs} biases, not {artifact.Bias.Length}.");
        Require(
            artifact.Weights.Length > 0 && artifact.Weights.Length % outputs == 0,
            $"{artifact.Weights.Length} weights do not fit {outputs} rows.");
        Require(
            TensorPrimitives.IsFiniteAll(artifact.Weights.AsSpan()) && TensorPrimitives.IsFiniteAll(artifact.Bias.AsSpan()),
            "a weight or bias is infinite or not a number.");
        if (artifact.Familiar is { } familiar)
        {
            CheckFamiliar(familiar, artifact.Weights.Length / outputs);
        }

        if (artifact.Sets is { } sets)
        {
            Require(
                sets.Bounds.Length == artifact.Labels.Count && Array.TrueForAll(sets.Bounds, bound => bound is >= 0 and <= 1),
                "it does not say how probable each of its classes has to be.");
            Require(sets is { Coverage: > 0 and < 1, Photos: > 0 }, $"its sets of classes are for a share of {sets.Coverage}, by {sets.Photos} photos.");
        }
    }

    private static void CheckFamiliar(FamiliarRegion familiar, int dimensions)
    {
        Require(
            familiar.Mean.Length == dimensions && familiar.Directions.Length == familiar.Extents.Length * dimensions,
            $"what is familiar to it has {familiar.Mean.Length} values and its head takes {dimensions}.");
        Require(
            Array.TrueForAll([.. familiar.Mean, .. familiar.Directions, .. familiar.Extents], float.IsFinite) && float.IsFinite(familiar.Bound) && familiar.Bound >= 0,
            "what is familiar to it is infinite or not a number.");
    }

    /// <summary>Makes sure that an artifact is what a version says of it: one of other classes would give wrong labels, or cut one
    /// off.</summary>
    /// <exception cref="InvalidModelArtifactException">It is another one's.</exception>
    public static void CheckIsOf(ModelVersion version, ModelArtifact artifact)
    {
        Require(
            artifact.Labels.SequenceEqual(version.Labels, StringComparer.Ordinal),
            $"its classes are {Listed(artifact.Labels)}, those of version {version.Version} are {Listed(version.Labels)}.");
        Require(
            artifact.Space == version.Space && artifact.BackboneSha256 == version.BackboneSha256,
            $"it is for {artifact.Space} with weights {artifact.BackboneSha256}, version {version.Version} is for {version.Space} with weights "
            + $"{version.BackboneSha256}.");
    }

    /// <summary>Makes sure that a head takes the embeddings that it is given.</summary>
    /// <param name="artifact">The head's artifact.</param>
    /// <param name="dimensions">Length of an embedding.</param>
    /// <exception cref="InvalidModelArtifactException">It takes others.</exception>
    public static void CheckTakes(ModelArtifact artifact, int dimensions)
    {
        var taken = artifact.Weights.Length / Outputs(artifact.Labels.Count);
        Require(taken == dimensions, $"it takes embeddings of {taken} values, and those of {artifact.Space} have {dimensions}.");
    }

    private static string Listed(IReadOnlyList<string> labels)
    {
        const int Shown = 10;
        var more = labels.Count > Shown ? $" and {labels.Count - Shown} more" : "";
        return $"{string.Join(", ", labels.Take(Shown).Select(label => $"'{label}'"))}{more}";
    }

    private static void CheckLabels(IReadOnlyList<string> labels)
    {
        Require(labels.Count >= 2, $"it has {labels.Count} labels, fewer than 2.");
        Require(labels.Distinct(StringComparer.Ordinal).Count() == labels.Count, "two of its labels are the same.");
        foreach (var label in labels)
        {
            try
            {
                ImageLabel.Check(label);
            }
            catch (InvalidLabelException exception)
            {
                throw new InvalidModelArtifactException(exception.Message, exception);
            }
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidModelArtifactException(otherwise);
        }
    }
}
