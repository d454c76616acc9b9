namespace DandelionMl.Registry;

/// <summary>The results of a candidate and the champion on the same images: those that the candidate was tested on and the champion not
/// trained on. A model is right where the name of its class is the image's label, so a class that it does not know counts as
/// wrong. Near-duplicates of one class count as one image, on which a model is right if it is right on more than half of them.</summary>
public sealed record ModelComparison
{
    /// <summary>Number of images compared on, each a distinct photo.</summary>
    public required int Images { get; init; }

    /// <summary>Further images that both answered, near-duplicates of those counted; 0 by default.</summary>
    public int NearDuplicates { get; init; }

    /// <summary>Test images of the candidate, whether compared on or not, that had another label when the champion was trained; 0 by
    /// default.</summary>
    public int RelabelledImages { get; init; }

    /// <summary>Test images left out because the champion was trained on them.</summary>
    public required int TrainedOn { get; init; }

    /// <summary>Test images left out because they are gone or can't be decoded, so that a model can't be asked.</summary>
    public required int Unavailable { get; init; }

    /// <summary>Images the candidate is right on.</summary>
    public required int CandidateRight { get; init; }

    /// <summary>Images the champion is right on.</summary>
    public required int ChampionRight { get; init; }

    /// <summary>Images the candidate alone is right on.</summary>
    public required int Wins { get; init; }

    /// <summary>Images the champion alone is right on.</summary>
    public required int Losses { get; init; }

    /// <summary>One-sided p-value of McNemar's exact test: the chance of so many wins or more, were both equally good.</summary>
    public required double BetterP { get; init; }

    /// <summary>Likewise, of so many losses or more.</summary>
    public required double WorseP { get; init; }

    /// <summary>By how much the candidate's accuracy may be lower than the champion's in the most unfavourable case, at the
    /// gate's level (exact, from the images where the two differ); negative if it is higher for sure.</summary>
    public required double LossBound { get; init; }

    /// <summary>Images the candidate was trained on; distinct photos, where that was counted for both versions.</summary>
    public required int CandidateTrainingImages { get; init; }

    /// <summary>Likewise, the champion.</summary>
    public required int ChampionTrainingImages { get; init; }

    /// <summary>The same for each class that images were compared on.</summary>
    public required IReadOnlyList<ClassComparison> Classes { get; init => field = ValueList<ClassComparison>.Of(value); }

    /// <summary>Classes of the candidate that the champion does not know.</summary>
    public required IReadOnlyList<string> AddedClasses { get; init => field = ValueList<string>.Of(value); }

    /// <summary>Classes of the champion that the candidate does not know.</summary>
    public required IReadOnlyList<string> MissingClasses { get; init => field = ValueList<string>.Of(value); }

    /// <summary>Images of the candidate, on either side, that the champion never saw, of classes that it knows; distinct
    /// photos.</summary>
    public required int NewImages { get; init; }

    /// <summary>How many of them the champion classifies differently from their label.</summary>
    public required int ContradictedImages { get; init; }

    /// <summary>The chance of so many or more, were the true share the most that the gate allows.</summary>
    public required double ContradictionP { get; init; }

    /// <summary>Those of the images compared on that no gate judged a version on before; 0 by default.</summary>
    public int FreshImages { get; init; }

    /// <summary>Of these, images the candidate alone is right on.</summary>
    public int FreshWins { get; init; }

    /// <summary>Of these, images the champion alone is right on.</summary>
    public int FreshLosses { get; init; }

    /// <summary>How often the images compared on were used for a verdict before, on average. An estimate from the verdicts' own numbers.</summary>
    public double Uses { get; init; }

    /// <summary>The best champion so far by its right answers on the images that this version was tested on: the champion itself or one before it.
    /// Null in verdicts of versions of the library that did not look for it.</summary>
    public int? BestVersion { get; init; }

    /// <summary>Where the best champion so far is another than the champion: images the candidate alone is right on, of those that the two can
    /// be compared on.</summary>
    public int BestWins { get; init; }

    /// <summary>Likewise, images the best champion so far alone is right on.</summary>
    public int BestLosses { get; init; }
}

/// <summary>The results of a candidate and the champion on the images of one class.</summary>
public sealed record ClassComparison
{
    /// <summary>The class.</summary>
    public required string Label { get; init; }

    /// <summary>Number of images compared on, each a distinct photo.</summary>
    public required int Images { get; init; }

    /// <summary>Images the candidate is right on.</summary>
    public required int CandidateRight { get; init; }

    /// <summary>Images the champion is right on.</summary>
    public required int ChampionRight { get; init; }

    /// <summary>Images the candidate alone is right on.</summary>
    public required int Wins { get; init; }

    /// <summary>Images the champion alone is right on.</summary>
    public required int Losses { get; init; }

    /// <summary>One-sided p-value of McNemar's exact test for being worse on this class.</summary>
    public required double WorseP { get; init; }

    /// <summary>The same after Holm's correction for the number of classes.</summary>
    public required double AdjustedWorseP { get; init; }
}
