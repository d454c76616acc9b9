using DandelionMl.Registry;

namespace DandelionMl.Tracking;

/// <summary>The numbers of a training. Accuracies called as the Python system called them are per cent, as there; all other shares are 0 to 1.
/// Each time is made from the version's own, so that a metric that is told twice is the same metric.</summary>
internal static class ExperimentMetrics
{
    /// <summary>The most epochs that are told of: enough for any chart.</summary>
    public const int MostEpochs = 1_000;

    private const double Percent = 100;

    public static IEnumerable<ExperimentMetric> OfEpochs(ModelVersion model, IReadOnlyList<EpochMetrics> epochs)
    {
        var time = model.TrainingTime ?? TimeSpan.Zero;
        foreach (var epoch in Thin(epochs))
        {
            var left = time * (1 - ((double)epoch.Epoch / Math.Max(epochs.Count, epoch.Epoch)));
            yield return new("train_loss", epoch.Loss, epoch.Epoch, model.CreatedAt - left);
            yield return new("train_accuracy", epoch.Accuracy * Percent, epoch.Epoch, model.CreatedAt - left);
            if (epoch is { HeldOutLoss: { } loss, HeldOutAccuracy: { } accuracy })
            {
                yield return new("held_out_loss", loss, epoch.Epoch, model.CreatedAt - left);
                yield return new("held_out_accuracy", accuracy * Percent, epoch.Epoch, model.CreatedAt - left);
            }
        }
    }

    /// <param name="model">The version.</param>
    /// <param name="step">Its last epoch.</param>
    public static IEnumerable<ExperimentMetric> Of(ModelVersion model, int step)
    {
        if (model.TrainingTime is { } time)
        {
            yield return new("duration", time.TotalSeconds, step, model.CreatedAt);
        }

        if (model.Metrics.DistinctTrainingPhotos is { } photos)
        {
            yield return new("train_distinct_photos", photos, step, model.CreatedAt);
        }

        foreach (var (key, value) in OfTestPhotos(model.Metrics))
        {
            yield return new(key, value, step, model.CreatedAt, MeasuredOn.TestPhotos);
        }
    }

    /// <summary>What the gate found, at the time of its verdict.</summary>
    public static IEnumerable<ExperimentMetric> OfVerdict(GateVerdict verdict, DateTimeOffset at) =>
        verdict.Checks.Select(check => new ExperimentMetric($"gate/{check.Name}", check.Value, 0, at));

    private static IEnumerable<(string Key, double Value)> OfTestPhotos(ModelMetrics metrics)
    {
        yield return ("val_accuracy", metrics.Accuracy * Percent);
        yield return ("val_loss", metrics.Loss);
        yield return ("val_calibration_error", metrics.ExpectedCalibrationError);
        if (metrics is { UncalibratedLoss: { } loss, UncalibratedCalibrationError: { } error })
        {
            yield return ("val_uncalibrated_loss", loss);
            yield return ("val_uncalibrated_calibration_error", error);
        }

        if (metrics is { PredictionSetCoverage: { } coverage, PredictionSetSize: { } size })
        {
            yield return ("val_prediction_set_coverage", coverage);
            yield return ("val_prediction_set_size", size);
        }

        yield return ("val_photos", metrics.Images);
        if (metrics.DistinctPhotos is { } photos)
        {
            yield return ("val_distinct_photos", photos);
        }

        if (metrics.DistinctAccuracy is { } accuracy)
        {
            yield return ("val_distinct_accuracy", accuracy);
        }

        foreach (var item in metrics.Classes)
        {
            yield return ($"val_precision/{item.Label}", item.Precision);
            yield return ($"val_recall/{item.Label}", item.Recall);
        }
    }

    /// <summary>Evenly many of them, the last among them.</summary>
    private static IEnumerable<EpochMetrics> Thin(IReadOnlyList<EpochMetrics> epochs)
    {
        var many = Math.Min(epochs.Count, MostEpochs);
        for (var i = 1; i <= many; i++)
        {
            yield return epochs[(int)((long)i * epochs.Count / many) - 1];
        }
    }
}
