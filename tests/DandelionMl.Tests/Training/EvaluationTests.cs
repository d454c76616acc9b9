using DandelionMl.Training;

namespace DandelionMl.Tests.Training;

public sealed class EvaluationTests
{
    [Fact]
    public void Measure_known_predictions_gives_the_figures_worked_out_by_hand()
    {
        EvaluatedImage[] predictions =
        [
            new([0.9f, 0.1f], 0), new([0.8f, 0.2f], 0), new([0.3f, 0.7f], 0),
            new([0.4f, 0.6f], 1),
        ];

        var metrics = Evaluation.Measure(["dandelion", "grass"], predictions);

        Assert.Equal(4, metrics.Images);
        Assert.Equal(0.75, metrics.Accuracy);
        Assert.Equal([[2, 1], [0, 1]], metrics.ConfusionMatrix);
        Assert.Equal((1.0, 2.0 / 3), (metrics.Classes[0].Precision, metrics.Classes[0].Recall));
        Assert.Equal((0.5, 1.0), (metrics.Classes[1].Precision, metrics.Classes[1].Recall));
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.8) + Math.Log(0.3) + Math.Log(0.6)) / 4, metrics.Loss, 1e-6);

        // Each prediction is alone in its bin: the gaps are 0.1, 0.2, 0.7 and 0.4.
        Assert.Equal(1.4 / 4, metrics.ExpectedCalibrationError, 1e-6);
    }

    [Fact]
    public void Measure_class_without_images_or_predictions_has_no_precision_or_recall()
    {
        var metrics = Evaluation.Measure(["a", "b", "c"], [new([1, 0, 0], 0), new([0, 1, 0], 1)]);

        Assert.Equal((0, 0.0, 0.0), (metrics.Classes[2].Images, metrics.Classes[2].Precision, metrics.Classes[2].Recall));
    }

    [Fact]
    public void Measure_nothing_is_refused() =>
        Assert.Throws<ArgumentException>(() => Evaluation.Measure(["a", "b"], []));

    [Fact]
    public void Measure_near_duplicates_count_as_one_photo_that_is_right_if_most_of_its_images_are()
    {
        EvaluatedImage right = new([0.9f, 0.1f], 0), wrong = new([0.1f, 0.9f], 0), other = new([0.1f, 0.9f], 1);

        // Three photos of the first class: right on 2 of 3 images, on 1 of 2, on its only one.
        var metrics = Evaluation.Measure(["a", "b"], [right, right, wrong, right, wrong, right, other], [0, 0, 0, 3, 3, 5, 6]);

        Assert.Equal((7, 4), (metrics.Images, metrics.DistinctPhotos));
        Assert.Equal(0.75, metrics.DistinctAccuracy);
        Assert.Equal((6, 3, 2.0 / 3), (metrics.Classes[0].Images, metrics.Classes[0].DistinctPhotos, metrics.Classes[0].DistinctRecall));
        Assert.Equal(5.0 / 7, metrics.Accuracy);
    }
}
