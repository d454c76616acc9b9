namespace DandelionMl.Training.Logistic;

/// <summary>Logistic regression on photos, of which some or all may be fitted to.</summary>
/// <param name="Rows">The values of each photo.</param>
/// <param name="Targets">The class of each photo, from 0.</param>
/// <param name="Classes">Number of classes, at least 2.</param>
/// <param name="ClassWeights">What a photo of each class counts.</param>
internal sealed record LogisticProblem(IFeatureRows Rows, int[] Targets, int Classes, double[] ClassWeights)
{
    private const int MaxIterations = 1000;

    // Far more than a fit takes that is preconditioned. Where one is not, the limit goes by the number of photos, so that its time does, too.
    private const int FewestIterations = 100;
    private const int MostVisits = 10_000_000;

    // A part of the photos tells the Hessian: with some for each value its directions are known well enough, and a tenth of very many photos costs less
    // than two passes over all of them. Its own optimum is not that of all: going there half of the way is enough, and for that few photos tell enough of
    // the Hessian, too.
    private const int FewestPerValue = 2;
    private const int PartPerValue = 3;
    private const int MostParts = 10;
    private const int FewestValues = 500;
    private const double PartTolerance = 1e-3;

    // Half a matrix of so many rows and columns is 32 MiB.
    private const int MostPreconditioned = 4096;

    // Of two million parameters, a thousand classes of the longest embeddings, four steps are remembered in 128 MiB.
    private const int MaxRememberedValues = 8 * 1024 * 1024;

    // Each evaluation passes over all photos, beside which remembering many steps costs little: with 40 in place of 10 there are half as many.
    private const int FewestSteps = 4;
    private const int MostSteps = 40;

    /// <summary>The most iterations of a fit.</summary>
    public static int MostIterations => MaxIterations;

    /// <summary>Number of outputs: one for two classes, else one each.</summary>
    public int Outputs => LinearHead.OutputsFor(Classes);

    /// <summary>A point to start at: outputs × width weights, then one bias an output, all zero.</summary>
    public double[] Zero() => new double[(Outputs * Rows.Width) + Outputs];

    /// <summary>Fits to photos.</summary>
    /// <param name="photos">The photos.</param>
    /// <param name="strength">How strongly it is regularised: λ · photos, see <see cref="LogisticTrainer"/>.</param>
    /// <param name="point">Where to start; receives the optimum.</param>
    /// <param name="tolerance">Length of the objective's gradient at which it ends.</param>
    /// <param name="iterated">Told the loss after each iteration.</param>
    /// <param name="cancellationToken">Cancels before the next iteration.</param>
    public void Fit(
        int[] photos, double strength, double[] point, double tolerance, Action<LogisticLoss>? iterated = null, CancellationToken cancellationToken = default)
    {
        var memory = Math.Clamp(MaxRememberedValues / point.Length, FewestSteps, MostSteps);
        var limit = Math.Clamp(MostVisits / photos.Length, FewestIterations, MaxIterations);
        var lambda = strength / photos.Length;
        var precondition = Precondition(photos, strength, point, memory, cancellationToken);
        var loss = new LogisticLoss(this, photos, lambda);
        Lbfgs.Minimize(loss.Evaluate, point, tolerance, limit, memory, () => iterated?.Invoke(loss), precondition, cancellationToken);
    }

    /// <summary>Of very many photos, fits to a part of them first, and finds about the inverse Hessian there.</summary>
    /// <returns>What multiplies a vector by it; null where that costs more than the passes that it saves.</returns>
    private Action<double[]>? Precondition(int[] photos, double strength, double[] point, int memory, CancellationToken cancellationToken)
    {
        var values = Math.Max(Rows.Width, FewestValues);
        if (photos.Length < 2 * FewestPerValue * values || Rows.Width > MostPreconditioned)
        {
            return null;
        }

        var count = Math.Min(Math.Max(PartPerValue * values, photos.Length / MostParts), photos.Length / 2);
        var part = Spread(photos, count);

        // Regularised as the part alone would be: else its head would be too sure of it, and of its Hessian little would be left.
        var ofPart = new LogisticLoss(this, part, strength / count);
        var first = Preconditioner.Of(this, Spread(part, Math.Min(values, count)), strength / count, point);
        Lbfgs.Minimize(ofPart.Evaluate, point, PartTolerance, FewestIterations, memory, precondition: first.Apply, cancellationToken: cancellationToken);
        return Preconditioner.Of(this, part, strength / photos.Length, point).Apply;
    }

    private static int[] Spread(int[] photos, int count) =>
        [.. Enumerable.Range(0, count).Select(index => photos[(int)((long)index * photos.Length / count)])];
}
