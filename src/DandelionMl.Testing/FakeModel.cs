using System.Text;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Testing;

/// <summary>Small models for tests, on the <see cref="FakeBackbone"/>: the first class is what is red, the second what is green, the third
/// what is blue. Further classes are never the answer.</summary>
public static class FakeModel
{
    // Steep, so that a colour is a sure answer.
    private const float Slope = 20;

    /// <summary>Creates a registration: a model with a lineage of one test image per class.</summary>
    /// <param name="labels">Its classes, at least two.</param>
    /// <exception cref="ArgumentException">There are fewer than two.</exception>
    public static ModelRegistration Registration(params IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count < 2)
        {
            throw new ArgumentException($"A model needs at least two classes, not {labels.Count}.", nameof(labels));
        }

        var images = labels.Select(label => new ManifestImage(
            ContentHash.Of(Encoding.UTF8.GetBytes($"test image of {label}")), label, DataSplit.Test));
        return new ModelRegistration(Artifact(labels), new TrainingManifest([.. images]), "{}", Metrics(labels));
    }

    private static ModelArtifact Artifact(IReadOnlyList<string> labels) => new()
    {
        Labels = [.. labels],
        Space = FakeBackbone.Describe(FakeBackbone.DefaultId).Space,
        BackboneSha256 = FakeBackbone.WeightsSha256,

        // Two classes have one output, the logit of the second.
        Weights = labels.Count == 2 ? [-Slope, Slope, 0] : [.. labels.SelectMany((_, index) => Row(index))],
        Bias = labels.Count == 2 ? [0] : [.. labels.Select((_, index) => index < FakeBackbone.Dimensions ? 0 : -Slope)],
    };

    private static IEnumerable<float> Row(int label) =>
        Enumerable.Range(0, FakeBackbone.Dimensions).Select(channel => channel == label ? Slope : 0);

    private static ModelMetrics Metrics(IReadOnlyList<string> labels) => new()
    {
        Images = labels.Count,
        Accuracy = 1,
        Loss = 0,
        ExpectedCalibrationError = 0,
        Classes = [.. labels.Select(label => new ClassMetrics(label, 1, 1, 1))],
        ConfusionMatrix = [.. labels.Select((_, row) => labels.Select((_, column) => row == column ? 1 : 0).ToArray())],
    };
}
