namespace DandelionMl.Classification;

/// <summary>The model that is asked beside the champion, if there is one. Thread-safe.</summary>
internal interface IShadow
{
    /// <summary>The version that is asked; null while there is none.</summary>
    int? Version { get; }

    /// <summary>What it says of a photo, from the embedding of the champion's answer; never fails.</summary>
    /// <returns>The answer; null if there is no shadow, it can't read the embedding, or it is the version that answered.</returns>
    ShadowAnswer? Answer(Prediction prediction);
}

/// <summary>What a shadow says of a photo.</summary>
/// <param name="Version">The shadow's version.</param>
/// <param name="Label">The most probable class.</param>
internal readonly record struct ShadowAnswer(int Version, string Label);
