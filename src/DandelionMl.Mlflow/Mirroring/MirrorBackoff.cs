using DandelionMl.Mlflow.Client;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>How long after a failure the server is asked again: each further failure doubles it, and chance adds up to a tenth, so that
/// programs that failed together do not come back together.</summary>
/// <param name="random">A number from 0 to below 1, another one each time.</param>
internal sealed class MirrorBackoff(Func<double> random)
{
    private const double Jitter = 0.1;

    /// <param name="failure">What the server failed by.</param>
    /// <param name="failures">How often in a row, from 1.</param>
    public TimeSpan OfServer(MlflowFailure failure, int failures) => failure == MlflowFailure.Unavailable
        ? After(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(15), failures)

        // Until a person has set it right.
        : After(TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), failures);

    /// <param name="failures">How often one training was refused, from 1.</param>
    public TimeSpan OfTraining(int failures) => After(TimeSpan.FromMinutes(1), TimeSpan.FromHours(6), failures);

    private TimeSpan After(TimeSpan first, TimeSpan most, int failures)
    {
        var delay = Math.Min(first.TotalSeconds * Math.Pow(2, Math.Min(failures, 30) - 1), most.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Round(delay * (1 + (Jitter * random())), 3));
    }
}
