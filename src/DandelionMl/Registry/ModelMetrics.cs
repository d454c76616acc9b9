namespace DandelionMl.Registry;

/// <summary>How well a model does on a set of images it was not trained on.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="Accuracy">Share of images given their own label, 0 to 1.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="ExpectedCalibrationError">Mean gap between confidence and accuracy over 15 equal-width bins, weighted by their images
/// (Guo et al. 2017), 0 to 1.</param>
/// <param name="Classes">The same for each class, in the order of the labels.</param>
/// <param name="ConfusionMatrix">Number of images by [true class][predicted class].</param>
public sealed record ModelMetrics(
    int Images,
    double Accuracy,
    double Loss,
    double ExpectedCalibrationError,
    IReadOnlyList<ClassMetrics> Classes,
    IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix);

/// <summary>How well a model does on one class.</summary>
/// <param name="Label">The class.</param>
/// <param name="Images">Number of images of the class.</param>
/// <param name="Precision">Share of the images given this label that have it, 0 to 1; 0 when none was given it.</param>
/// <param name="Recall">Share of the images of this class given its label, 0 to 1; 0 when there is none.</param>
public sealed record ClassMetrics(string Label, int Images, double Precision, double Recall);
