using DandelionMl.Training.Logistic;

namespace DandelionMl.Training;

/// <summary>What heads by <see cref="HeadMethod.Reference"/> say of photos that each of them was not trained on.</summary>
/// <param name="HeldOut">What the photos were given after the last epoch.</param>
/// <param name="Epochs">For each epoch, the mean loss of the photos and the share of right answers.</param>
/// <remarks>The training photos are divided into five parts, as for logistic regression, and each is held out once; of many photos a sample is enough.
/// The head that is served is trained on all of them, test photos have no part in it.</remarks>
internal sealed record ReferenceFolds(HeldOutLogits HeldOut, (double Loss, double Accuracy)[] Epochs)
{
    /// <summary>Trains and measures.</summary>
    /// <param name="images">The photos with their groups of near-duplicates, in an order that is always the same.</param>
    /// <param name="targets">The class of each.</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <param name="options">How to train.</param>
    /// <param name="cancellationToken">Cancels before the next step.</param>
    /// <returns>What was measured; null where there are too few photos to hold any out.</returns>
    public static ReferenceFolds? Run(
        IReadOnlyList<LabelledEmbedding> images, int[] targets, int classes, TrainingOptions options, CancellationToken cancellationToken)
    {
        string[] hashes = [.. images.Select(image => image.Sha256)];
        var sample = SearchSample.Choose(hashes, targets);
        var leaders = Array.ConvertAll(sample, photo => images[photo].Leader);
        Fold[] folds = [.. GroupedFolds.Divide(sample, hashes, targets, leaders, repeats: 1)];
        if (folds.Length == 0)
        {
            return null;
        }

        var measured = new HeldOutFold[folds.Length];
        Parallel.For(0, folds.Length, new ParallelOptions { CancellationToken = cancellationToken }, fold =>
            measured[fold] = HeldOutFold.Measure(folds[fold], images, targets, classes, options, cancellationToken));
        int[] held = [.. folds.SelectMany(fold => fold.Held)];
        return new ReferenceFolds(
            new HeldOutLogits(
                [.. measured.SelectMany(fold => fold.Logits)], held, [.. held.Select(photo => targets[photo])], LinearHead.OutputsFor(classes),
                [.. Enumerable.Repeat(1.0, classes)]),
            [.. Enumerable.Range(0, options.Epochs).Select(epoch =>
                (measured.Sum(fold => fold.Epochs[epoch].Loss) / held.Length, (double)measured.Sum(fold => fold.Epochs[epoch].Right) / held.Length))]);
    }

    /// <param name="Logits">Of each photo held out, after the last epoch.</param>
    /// <param name="Epochs">For each epoch, the sum of the photos' losses and the number of right answers.</param>
    private sealed record HeldOutFold(double[] Logits, (double Loss, int Right)[] Epochs)
    {
        public static HeldOutFold Measure(
            Fold fold, IReadOnlyList<LabelledEmbedding> images, int[] targets, int classes, TrainingOptions options, CancellationToken cancellationToken)
        {
            var trainer = new HeadTrainer(classes, images[0].Embedding.Length, options);
            float[][] embeddings = [.. fold.Trained.Select(photo => images[photo].Embedding.ToArray())];
            int[] trained = [.. fold.Trained.Select(photo => targets[photo])];
            (double Loss, int Right)[] epochs =
            [
                .. trainer.Train(embeddings, trained, options, cancellationToken).Select(_ =>
                {
                    var answers = fold.Held.Select(photo => LogitLoss.ToGradient(trainer.Logits(images[photo].Embedding.Span), targets[photo])).ToList();
                    return (answers.Sum(answer => answer.Loss), answers.Count(answer => answer.IsRight));
                }),
            ];
            return new HeldOutFold([.. fold.Held.SelectMany(photo => trainer.Logits(images[photo].Embedding.Span))], epochs);
        }
    }
}
