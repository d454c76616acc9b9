using DandelionMl.Classification;
using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Promotion.Planning;

/// <summary>Plans test photos by the gate's own test. Thread-safe.</summary>
/// <param name="registry">Keeps the champion and the verdicts.</param>
/// <param name="gate">The level of the gate's test.</param>
/// <param name="training">The share of photos that become test photos.</param>
internal sealed class TestPhotoPlanner(IModelRegistry registry, PromotionGateOptions gate, TrainingOptions training)
{
    public const double LeastGain = 0.1;
    public const double MostGain = 50;
    public const double LeastPower = 0.5;
    public const double MostPower = 0.99;
    public const double DefaultPower = 0.8;

    private const int MostPhotos = 1_000_000;

    /// <summary>The last verdicts, which say how far one version differs from the next.</summary>
    private const int Verdicts = 10;

    /// <summary>Fewer photos say too little of how often two versions differ.</summary>
    private const int FewestPhotos = 50;

    /// <summary>The least share of photos on which two versions differ: that of two that are nearly the same.</summary>
    private const double LeastDiffering = 0.005;

    /// <summary>Plans.</summary>
    /// <param name="gain">By how much a candidate's accuracy is higher, in points of a hundred, <see cref="LeastGain"/> to
    /// <see cref="MostGain"/>.</param>
    /// <param name="power">The chance that the gate shows it, <see cref="LeastPower"/> to <see cref="MostPower"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside of its range.</exception>
    /// <exception cref="NoModelException">There is no champion.</exception>
    public async Task<TestPhotoPlan> PlanAsync(double gain, double power = DefaultPower, CancellationToken cancellationToken = default)
    {
        Check(gain, LeastGain, MostGain, "gain");
        Check(power, LeastPower, MostPower, "power");
        var champion = await registry.GetChampionAsync(cancellationToken).ConfigureAwait(false) ?? throw new NoModelException();
        var present = champion.Metrics.DistinctPhotos ?? champion.Metrics.Images;
        var (measured, compared) = Measure(await registry.ListAsync(cancellationToken).ConfigureAwait(false));
        var isMeasured = compared >= FewestPhotos;
        var usual = Math.Max(isMeasured ? measured : 1 - (champion.Metrics.DistinctAccuracy ?? champion.Metrics.Accuracy), LeastDiffering);
        var needed = await Task.Run(() => Find(gain / 100), cancellationToken).ConfigureAwait(false);
        return new TestPhotoPlan
        {
            Gain = gain,
            Power = power,
            Level = gate.SignificanceLevel,
            Differing = Math.Max(usual, gain / 100),
            DifferingBy = gain / 100 > usual ? DifferingSource.Gain : isMeasured ? DifferingSource.Verdicts : DifferingSource.Errors,
            Version = champion.Version,
            Present = present,
            Needed = needed,
            ToLabel = needed is { } photos ? (int)Math.Ceiling(Math.Max(0, photos - present) / training.TestFraction) : null,
            SmallestGain = await Task.Run(() => FindGain(present, power, usual), cancellationToken).ConfigureAwait(false),
        };

        int? Find(double share) => McNemarPower.FindPhotos(share, Math.Max(usual, share), gate.SignificanceLevel, power, MostPhotos);
    }

    /// <summary>The least gain that so many photos show, in points, to a tenth of a point.</summary>
    private double? FindGain(int photos, double power, double usual)
    {
        var (low, high) = (0, 1_001);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            var share = middle / 1_000.0;
            (low, high) = McNemarPower.Of(photos, share, Math.Max(usual, share), gate.SignificanceLevel) < power ? (middle, high) : (low, middle);
        }

        return high > 1_000 ? null : high / 10.0;
    }

    /// <summary>Share of photos on which candidate and champion of the last verdicts differed, and how many photos that is of.</summary>
    private static (double Share, int Photos) Measure(IReadOnlyList<ModelVersion> versions)
    {
        var last = versions.Select(version => version.Verdict?.Comparison).OfType<ModelComparison>().Take(Verdicts).ToList();
        var photos = last.Sum(comparison => comparison.Images);
        return photos == 0 ? (0, 0) : ((double)last.Sum(comparison => comparison.Wins + comparison.Losses) / photos, photos);
    }

    private static void Check(double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most))
        {
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"The {name} must be {least} to {most}, not {value}."));
        }
    }
}
