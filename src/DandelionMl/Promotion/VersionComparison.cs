using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.Promotion;

/// <summary>The results of two versions on the same images: those that either was tested on and neither was trained on. Where the two
/// were given different labels for an image, the later version's counts. A class that a version does not know is wrong for it.</summary>
[Experimental(DandelionMlExperiments.Comparison)]
public sealed record VersionComparison
{
    /// <summary>The one version.</summary>
    public required ComparedVersion First { get; init; }

    /// <summary>The other.</summary>
    public required ComparedVersion Second { get; init; }

    /// <summary>The classes of both confusion matrices, in the order of their rows and columns.</summary>
    public required IReadOnlyList<string> Labels { get; init => field = ValueList<string>.Of(value); }

    /// <summary>Number of images compared on.</summary>
    public required int Images { get; init; }

    /// <summary>Number of distinct photos among them: near-duplicates of one class are one, by the later version's embeddings.</summary>
    public int DistinctPhotos { get; init; }

    /// <summary>Test images of either version, whether compared on or not, that had another label when the other one was trained; 0 by
    /// default.</summary>
    public int RelabelledImages { get; init; }

    /// <summary>Test images left out because the other version was trained on them.</summary>
    public required int TrainedOn { get; init; }

    /// <summary>Test images left out because an embedding of theirs is not kept.</summary>
    public required int Unavailable { get; init; }

    /// <summary>Images that both are right on.</summary>
    public required int BothRight { get; init; }

    /// <summary>Images that both are wrong on, whatever each takes them for.</summary>
    public required int BothWrong { get; init; }

    /// <summary>The images that the two give different labels, those that both are surest of first.</summary>
    public required IReadOnlyList<ImageDifference> Differences { get; init => field = ValueList<ImageDifference>.Of(value); }
}

/// <summary>One of two versions that are compared.</summary>
[Experimental(DandelionMlExperiments.Comparison)]
public sealed record ComparedVersion
{
    /// <summary>Its number.</summary>
    public required int Version { get; init; }

    /// <summary>Images that it is right on.</summary>
    public required int Right { get; init; }

    /// <summary>Images that it is right on and the other is wrong on.</summary>
    public required int AloneRight { get; init; }

    /// <summary>One-sided p-value of McNemar's exact test (McNemar 1947): the chance that it alone is right on so many distinct photos or
    /// more, were both equally good. It is right on a photo if it is on more than half of its images.</summary>
    public required double BetterP { get; init; }

    /// <summary>Number of images by [true class][predicted class].</summary>
    public required IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix { get; init => field = ValueList<int>.Of(value); }
}

/// <summary>An image that two versions give different labels.</summary>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Label">Its own label.</param>
/// <param name="First">The first version's prediction.</param>
/// <param name="Second">The second version's prediction.</param>
[Experimental(DandelionMlExperiments.Comparison)]
public sealed record ImageDifference(string Sha256, string Label, ImageAnswer First, ImageAnswer Second);

/// <summary>A version's prediction for an image.</summary>
/// <param name="Label">Its most probable class.</param>
/// <param name="Probability">That class's probability, 0 to 1.</param>
[Experimental(DandelionMlExperiments.Comparison)]
public sealed record ImageAnswer(string Label, double Probability);
