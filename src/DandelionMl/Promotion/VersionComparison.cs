namespace DandelionMl.Promotion;

/// <summary>How two versions did on the very same images: those that either was tested on and neither was trained on. Where the two
/// were given different labels for an image, the later version's counts. A class that a version does not know is wrong for it.</summary>
/// <param name="First">The one version.</param>
/// <param name="Second">The other.</param>
/// <param name="Labels">The classes of both confusion matrices, in the order of their rows and columns.</param>
/// <param name="Images">Number of images compared on.</param>
/// <param name="TrainedOn">Test images left out because the other version was trained on them.</param>
/// <param name="Unavailable">Test images left out because an embedding of theirs is not kept.</param>
/// <param name="BothRight">Images that both are right on.</param>
/// <param name="BothWrong">Images that both are wrong on, whatever each takes them for.</param>
/// <param name="Differences">The images that the two give different labels, those that both are surest of first.</param>
public sealed record VersionComparison(
    ComparedVersion First,
    ComparedVersion Second,
    IReadOnlyList<string> Labels,
    int Images,
    int TrainedOn,
    int Unavailable,
    int BothRight,
    int BothWrong,
    IReadOnlyList<ImageDifference> Differences);

/// <summary>One of two versions that are compared.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Right">Images that it is right on.</param>
/// <param name="AloneRight">Images that it is right on and the other is wrong on.</param>
/// <param name="BetterP">One-sided p-value of McNemar's exact test (McNemar 1947): the chance that it alone is right on so many images
/// or more, were both equally good.</param>
/// <param name="ConfusionMatrix">Number of images by [true class][predicted class].</param>
public sealed record ComparedVersion(
    int Version, int Right, int AloneRight, double BetterP, IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix);

/// <summary>An image that two versions give different labels.</summary>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Label">Its own label.</param>
/// <param name="First">What the first version says.</param>
/// <param name="Second">What the second version says.</param>
public sealed record ImageDifference(string Sha256, string Label, ImageAnswer First, ImageAnswer Second);

/// <summary>What a version says of an image.</summary>
/// <param name="Label">Its most probable class.</param>
/// <param name="Probability">That class's probability, 0 to 1.</param>
public sealed record ImageAnswer(string Label, double Probability);
