namespace DandelionMl.Shadowing;

/// <summary>Which of two models is right more often on the photos on which they differ: a test that may be looked at after every photo, and
/// stopped when it has decided.</summary>
/// <remarks>
/// <para>Betting (Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting"; Shafer 2021): who doubts that the
/// two are equally good puts a share of a capital of 1 on each photo, and wins or loses it with the photo. If the shadow is no better, the
/// capital reaches 20 at any time whatever in at most 1 of 20 cases (Ville 1939), so that is when it decides.</para>
/// <para>A photo counts +1 where the shadow alone is right, -1 where the champion alone is, and 0 where both are wrong, on which nothing is won
/// or lost. How much to bet depends on how much better the shadow is, which nobody knows: the capital is spread over several shares that
/// stay as they are, which leaves nothing to choose afterwards.</para>
/// <para>Photos that are reviewed because the two differ are fair here, unlike in a figure of accuracy: no other photo counts. It is asked which is
/// right on such photos, and the order in which they are reviewed is fixed before anybody knows who is right. What is told is of the photos that
/// were reviewed: of a shadow that is better on uncertain photos, which come first, and worse on sure ones, it may tell the first alone.</para>
/// </remarks>
/// <param name="Won">Photos on which the shadow alone is right.</param>
/// <param name="Lost">Photos on which the champion alone is right.</param>
/// <param name="BothWrong">Photos on which neither is right.</param>
/// <param name="Better">The capital of who bets that the shadow is better: the e-value, 1 before the first photo.</param>
/// <param name="Worse">The capital of who bets that it is worse.</param>
/// <param name="Verdict">What is decided.</param>
internal sealed record PairedEvidence(int Won, int Lost, int BothWrong, double Better, double Worse, PairedVerdict Verdict)
{
    /// <summary>The capital that decides: with 1 of 20 as the chance of being wrong.</summary>
    public const double Threshold = 1 / 0.05;

    // The shares of the capital that are put on each photo: 0.2 is best where 60 of 100 photos are won, 0.5 where it is 75.
    private static readonly double[] _bets = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    /// <summary>Tests.</summary>
    /// <param name="photos">The reviewed photos on which the two differ, in the order in which they were decided.</param>
    public static PairedEvidence Of(IEnumerable<PairedScore> photos)
    {
        var evidence = new PairedEvidence(0, 0, 0, 1, 1, PairedVerdict.Open);
        foreach (var photo in photos)
        {
            evidence = evidence.After(photo);
        }

        return evidence;
    }

    /// <summary>The evidence with one more photo.</summary>
    public PairedEvidence After(PairedScore photo)
    {
        var (won, lost) = (Won + (photo == PairedScore.ShadowRight ? 1 : 0), Lost + (photo == PairedScore.ChampionRight ? 1 : 0));
        var (better, worse) = (Capital(won, lost), Capital(lost, won));
        return new PairedEvidence(won, lost, BothWrong + (photo == PairedScore.BothWrong ? 1 : 0), better, worse, Verdict switch
        {
            // What was decided once stays so: a test that is looked at all the time ends there.
            not PairedVerdict.Open => Verdict,
            _ when better >= Threshold => PairedVerdict.Better,
            _ when worse >= Threshold => PairedVerdict.Worse,
            _ => PairedVerdict.Open,
        });
    }

    /// <summary>The capital after so many photos: with a fixed share, the order of them changes nothing.</summary>
    private static double Capital(int won, int lost) => _bets.Average(bet => Math.Exp((won * Math.Log(1 + bet)) + (lost * Math.Log(1 - bet))));
}

/// <summary>Which of the two is right on a photo on which they differ.</summary>
internal enum PairedScore
{
    /// <summary>Neither.</summary>
    BothWrong,

    /// <summary>The shadow.</summary>
    ShadowRight,

    /// <summary>The champion.</summary>
    ChampionRight,
}

/// <summary>What the test has decided.</summary>
internal enum PairedVerdict
{
    /// <summary>Nothing yet.</summary>
    Open,

    /// <summary>The shadow is right more often.</summary>
    Better,

    /// <summary>The champion is right more often.</summary>
    Worse,
}
