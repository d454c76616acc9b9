using DandelionMl.Benchmarks.BuiltIn;

namespace DandelionMl.Benchmarks.Backbones;

/// <summary>How well two classes are told apart on embeddings: logistic regression, in each fold
/// fitted on the photos of the others.</summary>
/// <param name="Accuracies">Accuracy of each fold, 0 to 1.</param>
/// <param name="LogLoss">Mean negative log-likelihood of the right class over all folds, in nats.</param>
internal sealed record CrossValidation(IReadOnlyList<double> Accuracies, double LogLoss)
{
    // With a tenth and with ten times this, the accuracies differ by less than their error.
    private const double Penalty = 0.01;

    /// <summary>Mean accuracy.</summary>
    public double Accuracy => Accuracies.Average();

    /// <summary>Standard deviation of the accuracy over folds.</summary>
    public double Deviation => Math.Sqrt(Accuracies.Average(accuracy => (accuracy - Accuracy) * (accuracy - Accuracy)));

    /// <summary>Measures.</summary>
    /// <param name="embeddings">An embedding of each photo.</param>
    /// <param name="labels">0 or 1 for each.</param>
    /// <param name="repeats">How often the photos are split anew.</param>
    /// <param name="folds">Parts of a split.</param>
    public static CrossValidation Run(float[][] embeddings, int[] labels, int repeats, int folds) => Run(_ => embeddings, labels, repeats, folds);

    /// <inheritdoc cref="Run(float[][], int[], int, int)"/>
    /// <param name="embed">Embeds all photos; told the training photos of the fold, for a backbone that learns from them.</param>
    /// <param name="labels">0 or 1 for each.</param>
    /// <param name="repeats">How often the photos are split anew.</param>
    /// <param name="folds">Parts of a split.</param>
    public static CrossValidation Run(Func<int[], float[][]> embed, int[] labels, int repeats, int folds)
    {
        var (accuracies, losses) = (new List<double>(), new List<double>());
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            var foldOf = AssignFolds(labels, repeat, folds);
            for (var fold = 0; fold < folds; fold++)
            {
                var train = Enumerable.Range(0, labels.Length).Where(i => foldOf[i] != fold).ToArray();
                var test = Enumerable.Range(0, labels.Length).Where(i => foldOf[i] == fold).ToArray();
                var embeddings = embed(train);
                var head = new LogisticRegression([.. train.Select(i => embeddings[i])], [.. train.Select(i => labels[i])], Penalty);
                var logits = Array.ConvertAll(test, i => labels[i] == 1 ? head.Logit(embeddings[i]) : -head.Logit(embeddings[i]));
                accuracies.Add(logits.Average(logit => logit > 0 ? 1.0 : 0));
                losses.AddRange(logits.Select(logit => Math.Max(0, -logit) + double.LogP1(Math.Exp(-Math.Abs(logit)))));
            }
        }

        return new CrossValidation(accuracies, losses.Average());
    }

    /// <summary>Deals the photos of each label out to folds.</summary>
    /// <returns>The fold of each photo.</returns>
    public static int[] AssignFolds(int[] labels, int seed, int folds)
    {
#pragma warning disable CA5394 // Folds need no secret randomness.
        var random = new Random(seed);
        var foldOf = new int[labels.Length];
        foreach (var label in labels.Distinct())
        {
            var members = Enumerable.Range(0, labels.Length).Where(i => labels[i] == label).ToArray();
            random.Shuffle(members);
            for (var i = 0; i < members.Length; i++)
            {
                foldOf[members[i]] = i % folds;
            }
        }
#pragma warning restore CA5394

        return foldOf;
    }
}
