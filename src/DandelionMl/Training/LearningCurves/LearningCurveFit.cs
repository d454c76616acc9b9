using DandelionMl.Training.Logistic;

namespace DandelionMl.Training.LearningCurves;

/// <summary>Measures how the accuracy grows with the photos, and carries it on.</summary>
internal static class LearningCurveFit
{
    /// <summary>How many more photos are asked about; besides, as many more as there are.</summary>
    public const int More = 100;

    /// <summary>The fewest distinct photos of a class that is measured.</summary>
    public const int FewestOfClass = 8;

    /// <summary>The fewest distinct photos in all.</summary>
    public const int Fewest = 40;

    /// <summary>The most classes that are measured by themselves, those with the most wrong answers: each takes as long as all together.</summary>
    public const int MostAlone = 10;

    // What the weight of a class does depends on how strongly heads are regularised, too, in which sets that might have come differ: how many times more
    // it varies than the photos of one set do, so that intervals hold.
    private const double WeightInflation = 7;

    // Of more a sample is enough for the curve's shape, and its time is that of few.
    private const int MostMeasured = 1500;

    /// <summary>Measures.</summary>
    /// <param name="images">The images with their groups of near-duplicates.</param>
    /// <param name="cancellationToken">Cancels before the next iteration of a fit.</param>
    /// <exception cref="InsufficientTrainingDataException">There are too few photos, or too few of all classes but one.</exception>
    public static LearningCurve Run(IReadOnlyList<LabelledEmbedding> images, CancellationToken cancellationToken = default)
    {
        // Images of two classes are two photos, however alike.
        var photos = images.GroupBy(image => (image.Label, image.Leader)).Select(photo => photo.ToList())
            .OrderBy(photo => photo[0].Leader, StringComparer.Ordinal).ThenBy(photo => photo[0].Label, StringComparer.Ordinal).ToList();
        var counts = photos.CountBy(photo => photo[0].Label, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        List<string> labels = [.. counts.Where(item => item.Value >= FewestOfClass).Select(item => item.Key).Order(StringComparer.Ordinal)];
        photos.RemoveAll(photo => counts[photo[0].Label] < FewestOfClass);
        Check(labels, photos.Count);

        var measured = Sample(photos);
        List<LabelledEmbedding> sample = [.. measured.SelectMany(photo => photo)];
        int[][] own = [.. sample.Index().GroupBy(item => (item.Item.Label, item.Item.Leader), item => item.Index).Select(photo => photo.ToArray())];
        var setup = LogisticSetup.Of(sample, labels, balanceClasses: false, cancellationToken);
        var errors = Measure();
        var curve = GrowthLaw.Fit(errors.Sizes, errors.Errors, photos.Count);

        // Beyond twice the photos nothing is told.
        int[] more = photos.Count > More ? [More, photos.Count] : [photos.Count];
        var alone = errors.Targets.Zip(errors.Errors).GroupBy(photo => photo.First).OrderByDescending(ofClass => ofClass.Sum(photo => photo.Second[^1]))
            .ThenBy(ofClass => ofClass.Key).Take(MostAlone).Select(ofClass => ofClass.Key).ToHashSet();
        return new LearningCurve
        {
            Photos = photos.Count,
            Measured = measured.Count,
            Points = [.. errors.Sizes.Select((size, index) => new CurvePoint((int)Math.Round(size), 1 - errors.Errors.Average(photo => photo[index])))],
            Accuracy = Math.Clamp(1 - curve.Now, 0, 1),
            Gains = [.. more.Select(count => new CurveGain(count, curve.Gain(count)))],
            Classes = [.. labels.Select((label, target) => OfClass(label, target, counts[label]))],
            LeftOut = [.. counts.Keys.Except(labels, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };

        HeldOutErrors Measure(GrowingClass? alone = null) => HeldOutErrors.Measure(setup.Problem, own, setup.Choice.Strength, alone, cancellationToken);

        ClassCurve OfClass(string label, int target, int count)
        {
            var recall = GrowthLaw.Fit(errors.Sizes, errors.Of(target), photos.Count);
            var missed = Math.Clamp(recall.Now, 0, 1);
            return new ClassCurve(
                label, count, 1 - missed, recall.Gain(more[0]), alone.Contains(target) ? Alone(target, count, missed) : null);
        }

        OwnGain Alone(int target, int count, double missed)
        {
            var most = Math.Min(More, count);
            var grown = Measure(new GrowingClass(target, 1 + ((double)most / count)));

            // What counts beside the other classes is their proportion, so that the largest share, four fifths of all, stands for all.
            double[] sizes = [.. grown.Sizes.Select(size => size / grown.Sizes[^1] * count)];
            return new OwnGain(
                most, Gain(errors.Of(target), grown.Of(target)).AtMost(missed), Gain(errors.Errors, grown.Errors).AtMost(Math.Clamp(curve.Now, 0, 1)));

            // To the class's new weight, which is measured, and from there by its law.
            Likely Gain(double[][] before, double[][] after)
            {
                double[] shifts = [.. before.Zip(after, (old, young) => old[^1] - young[^1])];
                return GrowthLaw.Fit(sizes, after, count).Gain(most).Shift(shifts, WeightInflation);
            }
        }
    }

    private static void Check(List<string> labels, int photos)
    {
        if (labels.Count < 2)
        {
            throw new InsufficientTrainingDataException(
                $"The learning curve needs two classes with at least {FewestOfClass} distinct photos each; there {(labels.Count == 0 ? "is none" : "is one")}.");
        }

        if (photos < Fewest)
        {
            throw new InsufficientTrainingDataException($"The learning curve needs at least {Fewest} distinct photos; there are {photos}.");
        }
    }

    private static List<List<LabelledEmbedding>> Sample(List<List<LabelledEmbedding>> photos) => photos.Count <= MostMeasured ? photos :
    [
        .. photos.GroupBy(photo => photo[0].Label, StringComparer.Ordinal).SelectMany(members => members
            .Take(Math.Max(FewestOfClass, (int)((long)members.Count() * MostMeasured / photos.Count)))),
    ];
}
