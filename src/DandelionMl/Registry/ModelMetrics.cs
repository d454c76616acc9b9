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

    /// <summary>What <see cref="Loss"/> would be without the model's temperature; null if it has none.</summary>
    public double? UncalibratedLoss { get; init; }

    /// <summary>What <see cref="ExpectedCalibrationError"/> would be without the model's temperature; null if it has none.</summary>
    public double? UncalibratedCalibrationError { get; init; }

    /// <summary>The same for each class, in the order of the labels.</summary>
    public required IReadOnlyList<ClassMetrics> Classes { get; init => field = ValueList<ClassMetrics>.Of(value); }

    /// <summary>Number of images by [true class][predicted class].</summary>
    public required IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix { get; init => field = ValueList<int>.Of(value); }

    /// <summary>Number of distinct photos among the images: near-duplicates of one class are one photo. Null if that was not
    /// measured.</summary>
    public int? DistinctPhotos { get; init; }

    /// <summary>Share of the distinct photos that the model is right on, 0 to 1: on more than half of a photo's images. Null if that was
    /// not measured.</summary>
    public double? DistinctAccuracy { get; init; }

    /// <summary>Number of distinct photos that the model was trained on; null if that was not counted.</summary>
    public int? DistinctTrainingPhotos { get; init; }

    /// <summary>Share of images whose label is among the labels of their <see cref="Classification.Prediction.Labels"/>, 0 to 1; null if the
    /// model gives none. <see cref="Training.TrainingOptions.PredictionSetCoverage"/> is what it is to be.</summary>
    public double? PredictionSetCoverage { get; init; }

    /// <summary>Mean number of labels in <see cref="Classification.Prediction.Labels"/>, at least 1; null if the model gives none.</summary>
    public double? PredictionSetSize { get; init; }

    /// <summary>Number of distinct training photos, each held out once, that these labels are told by; null if the model gives none.</summary>
    public int? CalibrationPhotos { get; init; }

    /// <summary>Cosine similarity of embeddings from which two images counted as one photo: the backbone's at the time. Null if nothing
    /// was counted by it.</summary>
    public float? DuplicateThreshold { get; init; }
}

/// <summary>A model's metrics on one class.</summary>
/// <param name="Label">The class.</param>
/// <param name="Images">Number of images of the class.</param>
/// <param name="Precision">Share of the images given this label that have it, 0 to 1; 0 when none was given it.</param>
/// <param name="Recall">Share of the images of this class given its label, 0 to 1; 0 when there is none.</param>
public sealed record ClassMetrics(string Label, int Images, double Precision, double Recall)
{
    /// <summary>Number of distinct photos among the images; null if that was not measured.</summary>
    public int? DistinctPhotos { get; init; }

    /// <summary>Share of these photos that the model is right on, 0 to 1; null if that was not measured.</summary>
    public double? DistinctRecall { get; init; }
}
