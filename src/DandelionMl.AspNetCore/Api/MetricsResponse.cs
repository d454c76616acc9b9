using System.Text.Json.Serialization;
using DandelionMl.Registry;

namespace DandelionMl.AspNetCore.Api;

/// <summary>A model's metrics on its test photos.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="Accuracy">Share of images given their own label, 0 to 1.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="ExpectedCalibrationError">Mean gap between confidence and accuracy, 0 to 1.</param>
/// <param name="UncalibratedLoss">What the loss would be without the model's temperature; null if it has none.</param>
/// <param name="UncalibratedCalibrationError">What the calibration error would be without it; null if it has none.</param>
/// <param name="Classes">The same for each class, in the order of the labels.</param>
/// <param name="ConfusionMatrix">Number of images by [true class][predicted class]; left out of lists, as it has a number for each pair of
/// classes.</param>
/// <param name="DistinctPhotos">Number of distinct photos among the images; null if that was not measured.</param>
/// <param name="DistinctAccuracy">Share of these that the model is right on, 0 to 1; null if that was not measured.</param>
/// <param name="DistinctTrainingPhotos">Number of distinct photos that it was trained on; null if that was not counted.</param>
/// <param name="PredictionSetCoverage">Share of images whose own label is among those that a prediction says they may have, 0 to 1; null if the
/// model says none.</param>
/// <param name="PredictionSetSize">Mean number of these labels; null if the model says none.</param>
/// <param name="CalibrationPhotos">Number of distinct training photos that they are told by; null if the model says none.</param>
/// <param name="DuplicateThreshold">Cosine similarity from which two images counted as one photo; null if nothing was counted by it.</param>
internal sealed record MetricsResponse(
    int Images,
    double Accuracy,
    double Loss,
    double ExpectedCalibrationError,
    double? UncalibratedLoss,
    double? UncalibratedCalibrationError,
    IReadOnlyList<ClassMetrics> Classes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<IReadOnlyList<int>>? ConfusionMatrix,
    int? DistinctPhotos,
    double? DistinctAccuracy,
    int? DistinctTrainingPhotos,
    double? PredictionSetCoverage,
    double? PredictionSetSize,
    int? CalibrationPhotos,
    float? DuplicateThreshold)
{
    public static MetricsResponse Of(ModelMetrics metrics, bool withMatrix) => new(
        metrics.Images, metrics.Accuracy, metrics.Loss, metrics.ExpectedCalibrationError, metrics.UncalibratedLoss,
        metrics.UncalibratedCalibrationError, metrics.Classes, withMatrix ? metrics.ConfusionMatrix : null, metrics.DistinctPhotos,
        metrics.DistinctAccuracy, metrics.DistinctTrainingPhotos, metrics.PredictionSetCoverage, metrics.PredictionSetSize, metrics.CalibrationPhotos,
        metrics.DuplicateThreshold);
}
