using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace DandelionMl.Training;

/// <summary>How a head is trained.</summary>
public sealed class TrainingOptions
{
    internal const int MaxEpochs = 100_000;

    /// <summary>By which method the head is fitted; <see cref="HeadMethod.Logistic"/> by default. Learning rate, epochs, batch size, weight decay and
    /// seed are those of <see cref="HeadMethod.Reference"/> alone.</summary>
    [EnumDataType(typeof(HeadMethod))]
    public HeadMethod Method { get; set; } = HeadMethod.Logistic;

    /// <summary>Whether each class counts the same in a fit by <see cref="HeadMethod.Logistic"/>, whatever the number of its images; false by
    /// default. Rare classes are found more often then, and others taken for them more often, too.</summary>
    public bool BalanceClasses { get; set; }

    /// <summary>Learning rate of Adam; 0.003 by default.</summary>
    [Range(1e-8, 10)]
    public double LearningRate { get; set; } = 0.003;

    /// <summary>Passes over the training images; 200 by default, since they are passes over kept embeddings and take
    /// milliseconds.</summary>
    [Range(1, MaxEpochs)]
    public int Epochs { get; set; } = 200;

    /// <summary>Images a step; 32 by default. At least the number of training images means full-batch training.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; set; } = 32;

    /// <summary>Decoupled weight decay; 0.01 by default, 0 for plain Adam. The bias is not decayed.</summary>
    [Range(0, 10)]
    public double WeightDecay { get; set; } = 0.01;

    /// <summary>Share of the images that is held out to test on, chosen by the hash of their content; 0.3 by default.</summary>
    [Range(0.05, 0.9)]
    public double TestFraction { get; set; } = 0.3;

    /// <summary>Fewest test images of a class that the champion does not know, near-duplicates counted as one, for it to join the model; 5 by
    /// default, which is about 17 images in all and as many as the gate asks for. Until then the class is left out, so that it does not hold up the others.</summary>
    [Range(0, 1_000_000)]
    public int MinimumTestImagesOfNewClass { get; set; } = 5;

    /// <summary>Share of photos of the kind that the model is trained on that may be called unknown, 0.001 to 0.5; 0.05 by default. The bound is
    /// set on training photos, each while it is left out. The more, the more strangers are told, too. With fewer training photos than one less than
    /// its inverse, which is 19 for 0.05, nothing is called unknown. See <see cref="Classification.Prediction.IsKnown"/>.</summary>
    [Range(0.001, 0.5)]
    public double UnknownFalseAlarmRate { get; set; } = 0.05;

    /// <summary>Share of photos whose own label is to be among the labels of <see cref="Classification.Prediction.Labels"/>, 0.5 to 0.999; 0.95 by
    /// default. How probable a label has to be for that is set on training photos, each while it is left out, for each class that has enough of
    /// them, which is 19 for 0.95, and on all photos for the others. With fewer in all no labels are given.</summary>
    [Range(0.5, 0.999)]
    public double PredictionSetCoverage { get; set; } = 0.95;

    /// <summary>Seed of the order in which images are shuffled each epoch; 0 by default.</summary>
    public int Seed { get; set; }
}

/// <summary>Checks the ranges that <see cref="TrainingOptions"/> states.</summary>
[OptionsValidator]
internal sealed partial class TrainingOptionsValidator : IValidateOptions<TrainingOptions>;
