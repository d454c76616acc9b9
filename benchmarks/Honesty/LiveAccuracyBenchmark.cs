using System.Globalization;
using DandelionMl.LiveAccuracy;
using DandelionMl.Tests.LiveAccuracy;

namespace DandelionMl.Benchmarks.Honesty;

/// <summary>How often the interval of the live accuracy holds the true one, and how wide it is, beside what is simpler: a plain interval on the same
/// photos, one on those that the random share took, and what reviewers agreed with of all that they saw. Weeks without a figure do not
/// count.</summary>
internal static class LiveAccuracyBenchmark
{
    private const int Weeks = 2_000;
    private const double RandomShare = 0.2;

    private static readonly OtherAnswers None = new(0, 0);

    private static readonly (int Photos, int Reviewed)[] Loads = [(60, 50), (500, 70), (500, 120), (2_000, 250), (2_000, 1_000)];

    public static void Run()
    {
        Console.WriteLine($"{Weeks} weeks each; a fifth of the reviews at random, the others the least certain. held: share of intervals that hold the truth");
        Console.WriteLine($"{"",8} {"",-14} {"",6} {"",8} {"drawn at",8} {"prediction-powered",24} {"photos alone",16} {"random share alone",20} {"all reviewed",12}");
        Console.WriteLine($"{"accuracy",8} {"beliefs",-14} {"photos",6} {"reviewed",8} {"random",8} {"held",8} {"width",7} {"bias",7} {"held",8} {"width",7} {"held",10} {"bias",9} {"bias",12}");
        foreach (var accuracy in (double[])[0.7, 0.9, 0.97, 0.995])
        {
            foreach (var beliefs in Enum.GetValues<Beliefs>())
            {
                foreach (var (photos, reviewed) in Loads)
                {
                    Report(accuracy, beliefs, photos, reviewed);
                }
            }
        }
    }

    private static void Report(double accuracy, Beliefs beliefs, int photos, int reviewed)
    {
        var weeks = Enumerable.Range(1, Weeks).AsParallel().Select(seed => Measure(new SimulatedWeek(photos, accuracy, beliefs, seed).Review(reviewed, RandomShare)))
            .Where(week => week is not null).Select(week => week!.Value).ToList();
        if (weeks.Count == 0)
        {
            return;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{accuracy,8:0.000} {beliefs,-14} {photos,6} {reviewed,8} {weeks.Average(week => week.Drawn),8:0} {Held(week => week.Powered),8:0.000} {Width(week => week.Powered),7:0.000} {Bias(week => week.Powered.Accuracy),7:+0.000;-0.000} {Held(week => week.Alone),8:0.000} {Width(week => week.Alone),7:0.000} {Held(week => week.Random),10:0.000} {Bias(week => week.Random.Accuracy),9:+0.000;-0.000} {Bias(week => week.Agreement),12:+0.000;-0.000}"));

        double Held(Func<Week, AccuracyEstimate> of) =>
            weeks.Average(week => of(week).Low <= accuracy + 1e-9 && accuracy - 1e-9 <= of(week).High ? 1.0 : 0);
        double Width(Func<Week, AccuracyEstimate> of) => weeks.Average(week => of(week).High - of(week).Low);
        double Bias(Func<Week, double> of) => Math.Round(weeks.Average(of) - accuracy, 3) + 0.0; // No negative zero.
    }

    private static Week? Measure(SimulatedWeek week) =>
        RandomDraw.Measure(week.Answers) is { Estimate: { } powered, Reviewed: var drawn } && week.TakenAtRandom.Count > 0
            ? new Week(
                drawn,
                powered,
                Plain(Drawn(week, drawn)),
                Plain(week.TakenAtRandom),
                week.AllReviewed.Average(isRight => isRight ? 1.0 : 0))
            : null;

    /// <summary>Whether the answers are right to the photos that count.</summary>
    private static IEnumerable<bool> Drawn(SimulatedWeek week, int count) =>
        week.Answers.OrderBy(answer => answer.Rank, StringComparer.Ordinal).Where(answer => answer.Outcome != AnswerOutcome.Unusable).Take(count)
            .Select(answer => answer.Outcome == AnswerOutcome.Right);

    private static AccuracyEstimate Plain(IEnumerable<bool> answers) => AccuracyEstimate.Of([.. answers.Select(isRight => new ReviewedAnswer(0.5, isRight))], None);

    private readonly record struct Week(int Drawn, AccuracyEstimate Powered, AccuracyEstimate Alone, AccuracyEstimate Random, double Agreement);
}
