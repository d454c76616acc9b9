using DandelionMl.Registry;

namespace DandelionMl.AspNetCore.Api;

/// <summary>A model version in a list: all that <c>GET /models/{version}</c> gives but the confusion matrix, which has a number for each pair
/// of classes.</summary>
/// <param name="Version">Its number, from 1.</param>
/// <param name="State">Where it stands: candidate, champion, archived or rejected.</param>
/// <param name="CreatedAt">When it was registered, UTC.</param>
/// <param name="Labels">Its classes, in the order of the probabilities.</param>
/// <param name="Backbone">The backbone it was trained on.</param>
/// <param name="BackboneSha256">SHA-256 of the backbone's weights.</param>
/// <param name="Preprocessing">How photos are prepared for it.</param>
/// <param name="ArtifactKey">Key of its artifact in the image store.</param>
/// <param name="ArtifactSha256">SHA-256 of its artifact.</param>
/// <param name="ManifestSha256">SHA-256 of the list of photos it was trained and tested on.</param>
/// <param name="Options">The options of its training.</param>
/// <param name="Metrics">How well it did on its test photos.</param>
/// <param name="Verdict">What the gate said; null if it was not asked.</param>
/// <param name="Environment">What it was trained with: versions of libraries and runtime.</param>
/// <param name="StateChangedAt">When its state last changed, UTC.</param>
internal sealed record ListedModel(
    int Version,
    string State,
    DateTimeOffset CreatedAt,
    IReadOnlyList<string> Labels,
    string Backbone,
    string BackboneSha256,
    string Preprocessing,
    string ArtifactKey,
    string ArtifactSha256,
    string ManifestSha256,
    System.Text.Json.JsonElement Options,
    ListedMetrics Metrics,
    GateVerdict? Verdict,
    IReadOnlyDictionary<string, string> Environment,
    DateTimeOffset StateChangedAt)
{
    public static ListedModel Of(ModelVersion version)
    {
        var model = ModelResponse.Of(version);
        return new ListedModel(
            model.Version, model.State, model.CreatedAt, model.Labels, model.Backbone, model.BackboneSha256, model.Preprocessing,
            model.ArtifactKey, model.ArtifactSha256, model.ManifestSha256, model.Options, ListedMetrics.Of(model.Metrics), model.Verdict,
            model.Environment, model.StateChangedAt);
    }
}

/// <summary>A model's metrics on its test photos, without the confusion matrix.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="Accuracy">Share of images given their own label, 0 to 1.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="ExpectedCalibrationError">Mean gap between confidence and accuracy, 0 to 1.</param>
/// <param name="Classes">The same for each class, in the order of the labels.</param>
/// <param name="DistinctPhotos">Number of distinct photos among the images; null if that was not measured.</param>
/// <param name="DistinctAccuracy">Share of these that the model is right on, 0 to 1; null if that was not measured.</param>
/// <param name="DistinctTrainingPhotos">Number of distinct photos that it was trained on; null if that was not counted.</param>
internal sealed record ListedMetrics(
    int Images,
    double Accuracy,
    double Loss,
    double ExpectedCalibrationError,
    IReadOnlyList<ClassMetrics> Classes,
    int? DistinctPhotos,
    double? DistinctAccuracy,
    int? DistinctTrainingPhotos)
{
    public static ListedMetrics Of(ModelMetrics metrics) => new(
        metrics.Images, metrics.Accuracy, metrics.Loss, metrics.ExpectedCalibrationError, metrics.Classes, metrics.DistinctPhotos,
        metrics.DistinctAccuracy, metrics.DistinctTrainingPhotos);
}
