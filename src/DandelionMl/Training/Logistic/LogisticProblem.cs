namespace DandelionMl.Training.Logistic;

/// <summary>Logistic regression on photos, of which some or all may be fitted to.</summary>
/// <param name="Rows">The values of each photo.</param>
/// <param name="Targets">The class of each photo, from 0.</param>
/// <param name="Classes">Number of classes, at least 2.</param>
/// <param name="ClassWeights">What a photo of each class counts.</param>
internal sealed record LogisticProblem(IFeatureRows Rows, int[] Targets, int Classes, double[] ClassWeights)
{
    private const int MaxIterations = 1000;

    // Of very many photos, regularised the less for each, the last digits of the weights take hundreds of passes and move no prediction: the
    // loss of 70,000 photos is known to four digits after 40 passes. The limit goes by their number, so that a fit's time does, too.
    private const int FewestIterations = 100;
    private const int MostVisits = 10_000_000;


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
        var loss = new LogisticLoss(this, photos, strength / photos.Length);
        var memory = Math.Clamp(MaxRememberedValues / point.Length, FewestSteps, MostSteps);
        var limit = Math.Clamp(MostVisits / photos.Length, FewestIterations, MaxIterations);
        Lbfgs.Minimize(loss.Evaluate, point, tolerance, limit, memory, () => iterated?.Invoke(loss), cancellationToken);
    }
}
