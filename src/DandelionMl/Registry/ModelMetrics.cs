namespace DandelionMl.Registry;

/// <summary>A model's metrics on images it was not trained on.</summary>
public sealed record ModelMetrics
{
    /// <summary>Number of images.</summary>
    public required int Images { get; init; }

    /// <summary>Share of images given their own label, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Mean cross-entropy in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>Mean gap between confidence and accuracy over 15 equal-width bins, weighted by their images (Guo et al. 2017), 0
    /// to 1.</summary>
    public required double ExpectedCalibrationError { get; init; }

    /// <summary>The same for each class, in the order of the labels.</summary>
    public required IReadOnlyList<ClassMetrics> Classes { get; init => field = ValueList<ClassMetrics>.Of(value); }

    /// <summary>Number of images by [true class][predicted class].</summary>
    public required IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix { get; init => field = ValueList<int>.Of(value); }
}

/// <summary>A model's metrics on one class.</summary>
/// <param name="Label">The class.</param>
/// <param name="Images">Number of images of the class.</param>
/// <param name="Precision">Share of the images given this label that have it, 0 to 1; 0 when none was given it.</param>
/// <param name="Recall">Share of the images of this class given its label, 0 to 1; 0 when there is none.</param>
public sealed record ClassMetrics(string Label, int Images, double Precision, double Recall);
