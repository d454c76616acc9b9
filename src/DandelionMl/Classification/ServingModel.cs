using DandelionMl.Backbones;
using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Classification;

/// <summary>A model version ready to serve: everything that a request needs, taken once when it begins, so that a swap in the middle
/// mixes nothing. Immutable; its head is managed memory and its backbone belongs to the provider, so nothing is to be disposed.</summary>
internal sealed record ServingModel(ModelVersion Version, LinearHead Head, IBackbone Backbone)
{
    public Prediction Predict(string sha256, float[] embedding)
    {
        var classes = Version.Labels.Zip(Head.Classify(embedding), (label, probability) => new ClassProbability(label, probability))
            .OrderByDescending(item => item.Probability).ToArray();
        return new Prediction(classes[0].Label, classes, Version.Version, Backbone.Info, sha256, embedding);
    }
}
