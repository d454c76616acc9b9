using System.Text.Json;
using DandelionMl.Registry;

namespace DandelionMl.AspNetCore.Api;

/// <summary>A model version.</summary>
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
/// <param name="Note">What somebody noted about it; null if nothing was.</param>
/// <param name="ErasedPhotos">How many of the photos that it learned from are erased now.</param>
internal sealed record ModelResponse(
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
    JsonElement Options,
    MetricsResponse Metrics,
    GateVerdict? Verdict,
    IReadOnlyDictionary<string, string> Environment,
    DateTimeOffset StateChangedAt,
    ModelNoteResponse? Note,
    int ErasedPhotos)
{
    /// <param name="model">The version.</param>
    /// <param name="erased">Photos that are erased now, by the versions that learned from them.</param>
    public static ModelResponse Of(ModelVersion model, IReadOnlyDictionary<int, int> erased) => Of(model, erased, withMatrix: true);

    /// <summary>A model in a list, without its confusion matrix.</summary>
    public static ModelResponse Listed(ModelVersion model, IReadOnlyDictionary<int, int> erased) => Of(model, erased, withMatrix: false);

    private static ModelResponse Of(ModelVersion model, IReadOnlyDictionary<int, int> erased, bool withMatrix) => new(
        model.Version,
        model.State.ToString().ToLowerInvariant(),
        model.CreatedAt,
        model.Labels,
        model.Space.BackboneId,
        model.BackboneSha256,
        model.Space.PreprocessingId,
        model.ArtifactKey,
        model.ArtifactSha256,
        model.ManifestSha256,
        JsonElement.Parse(model.Options),
        MetricsResponse.Of(model.Metrics, withMatrix),
        model.Verdict,
        model.Environment,
        model.StateChangedAt,
        model is { Note: { } note, NoteBy: { } author, NoteAt: { } at } ? new ModelNoteResponse(note, author, at) : null,
        erased.GetValueOrDefault(model.Version));
}

/// <summary>A note on a model version.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Actor">Who wrote it.</param>
/// <param name="At">When, UTC.</param>
internal sealed record ModelNoteResponse(string Text, string Actor, DateTimeOffset At);
