namespace DandelionMl.LiveAccuracy;

/// <summary>Which photos of a week count as drawn at random: those before the first in the random order that still waits.</summary>
/// <remarks>
/// <para>Each photo has a place in an order that has nothing to do with what is on it, and the review's random share takes the first of those that
/// are left. The photos that it took are no fair sample, as the hard ones were often gone by then: reviewed for being hard. The photos before
/// the first that waits are one, however each of them came to be reviewed. The chance to be among them is the place up to which all are reviewed,
/// the same for every photo (bottom-k sampling, Cohen and Kaplan 2007).</para>
/// </remarks>
internal static class RandomDraw
{
    /// <summary>Estimates a model's accuracy on a week's photos.</summary>
    /// <param name="answers">The week's answers of one model version, in any order.</param>
    public static LiveFigure Measure(IEnumerable<ServedAnswer> answers)
    {
        var ordered = answers.OrderBy(answer => answer.Rank, StringComparer.Ordinal).ToList();
        var first = ordered.FindIndex(answer => answer.Outcome == AnswerOutcome.Waiting);
        var drawn = first < 0 ? ordered.Count : first;
        var reviewed = ordered.Take(drawn).Select(answer => new ReviewedAnswer(answer.Belief, answer.Outcome switch
        {
            AnswerOutcome.Right => true,
            AnswerOutcome.Wrong => false,
            _ => (bool?)null,
        })).ToList();
        var usable = reviewed.Count(answer => answer.IsRight is not null);
        if (usable < AccuracyEstimate.FewestReviewed)
        {
            return new LiveFigure(ordered.Count, usable, null, FindMissing(ordered));
        }

        var others = new OtherAnswers(ordered.Count - drawn, ordered.Skip(drawn).Select(answer => answer.Belief).DefaultIfEmpty().Average());
        return new LiveFigure(ordered.Count, usable, AccuracyEstimate.Of(reviewed, others), 0);
    }

    /// <summary>How many photos, the next ones in the random order, are to be reviewed before there is a figure; null where fewer came.</summary>
    private static int? FindMissing(List<ServedAnswer> ordered)
    {
        var needed = ordered.Where(answer => answer.Outcome != AnswerOutcome.Unusable).Take(AccuracyEstimate.FewestReviewed).ToList();
        return needed.Count < AccuracyEstimate.FewestReviewed ? null : needed.Count(answer => answer.Outcome == AnswerOutcome.Waiting);
    }
}

/// <summary>The answer that a photo was given when it came.</summary>
/// <param name="Rank">Its place in the random order, as text.</param>
/// <param name="Belief">How probable the model held it that the answer is right, 0 to 1.</param>
/// <param name="Outcome">What a reviewer said of it.</param>
internal readonly record struct ServedAnswer(string Rank, double Belief, AnswerOutcome Outcome);

/// <summary>What a reviewer said of an answer.</summary>
internal enum AnswerOutcome
{
    /// <summary>Nothing yet.</summary>
    Waiting,

    /// <summary>It is right.</summary>
    Right,

    /// <summary>Another class, or none, is right.</summary>
    Wrong,

    /// <summary>Nothing can be seen on the photo.</summary>
    Unusable,
}

/// <summary>How good a model was on the photos of a week.</summary>
/// <param name="Photos">How many came and were kept.</param>
/// <param name="Reviewed">Those that count as drawn at random and show something.</param>
/// <param name="Estimate">The accuracy on all of them; null while too few are reviewed.</param>
/// <param name="Missing">How many more, drawn at random, are to be reviewed before there is a figure; null where too few came for one.</param>
internal sealed record LiveFigure(int Photos, int Reviewed, AccuracyEstimate? Estimate, int? Missing);
