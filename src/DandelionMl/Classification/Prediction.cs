using System.Globalization;
using System.Text.Json.Serialization;
using DandelionMl.Backbones;

namespace DandelionMl.Classification;

/// <summary>The served model's prediction for an image. Two are equal if the same version said the same of the same image. As
/// JSON it is a few hundred characters: it carries neither embedding nor backbone.</summary>
public sealed record Prediction
{
    /// <summary>The most probable class.</summary>
    public string Label => Probabilities[0].Label;

    /// <summary>Probability of <see cref="Label"/>, 0 to 1.</summary>
    public float Probability => Probabilities[0].Probability;

    /// <summary>How much more probable <see cref="Label"/> is than the next class, 0 to 1: the smaller, the less certain. Where there is no
    /// other class, its probability.</summary>
    public float Margin => Probability - (Probabilities.Count > 1 ? Probabilities[1].Probability : 0);

    /// <summary>The probability of every class, the most probable first; they add up to 1. At least one.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public required IReadOnlyList<ClassProbability> Probabilities
    {
        get;
        init => field = value is { Count: > 0 }
            ? ValueList<ClassProbability>.Of(value)
            : throw new ArgumentException("A prediction needs a probability of at least one class.", nameof(value));
    }

    /// <summary>The classes that the photo may be of, the most probable first, <see cref="Label"/> always among them: of photos like the training
    /// photos, so many have their own class among them as <see cref="Training.TrainingOptions.PredictionSetCoverage"/> says, 95 % by default. One class is a sure
    /// answer; several are those that a person has to tell apart. Null where that can't be told: the version was trained on too few
    /// photos, or before this was measured.</summary>
    public IReadOnlyList<string>? Labels { get; init => field = value is null ? null : ValueList<string>.Of(value); }

    /// <summary>Whether the photo is like those that the model was trained on. A model gives one of its classes to any photo, so where this is
    /// false the prediction means little. Null where that can't be told: the version was trained on too few photos, or before this
    /// was measured; see <see cref="Training.TrainingOptions.UnknownFalseAlarmRate"/>.</summary>
    public bool? IsKnown { get; init; }

    /// <summary>The version that answered; 0 for a model that was loaded without a registry.</summary>
    public required int ModelVersion { get; init; }

    /// <summary>SHA-256 of the image's bytes, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The backbone that embedded the image; null where the prediction was made by other means or read from JSON.</summary>
    [JsonIgnore]
    public BackboneInfo? Backbone { get; init; }

    /// <summary>The image's embedding, so that a duplicate check needs no second backbone pass; empty where <see cref="Backbone"/> is
    /// null.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<float> Embedding { get; init; }

    /// <summary>Whether the same version said the same of the same image.</summary>
    /// <param name="other">The other prediction.</param>
    public bool Equals(Prediction? other) =>
        other is not null && ModelVersion == other.ModelVersion && Sha256 == other.Sha256 && IsKnown == other.IsKnown
        && Probabilities.Equals(other.Probabilities) && Equals(Labels, other.Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ModelVersion, Sha256, Probabilities);

    /// <summary>Label, probability and version, for people.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Label} {Probability:P1} (model version {ModelVersion})");

    /// <summary>The backbone, for what compares embeddings.</summary>
    /// <exception cref="ArgumentException">The prediction has no embedding.</exception>
    internal BackboneInfo RequireBackbone() => Backbone
        ?? throw new ArgumentException("The prediction has no embedding, since it was read from JSON: classify the photo again.");
}

/// <summary>A class and its probability.</summary>
/// <param name="Label">The class.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
public sealed record ClassProbability(string Label, float Probability);
