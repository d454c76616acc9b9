namespace DandelionMl.Registry;

/// <summary>How a candidate and the champion did on the very same images: those that the candidate was tested on and the champion not
/// trained on. A model is right where the name of its class is the image's label, so a class that it does not know counts as
/// wrong.</summary>
/// <param name="Images">Number of images compared on.</param>
/// <param name="TrainedOn">Test images left out because the champion was trained on them.</param>
/// <param name="Unavailable">Test images left out because they are gone or can't be decoded, so that a model can't be asked.</param>
/// <param name="CandidateRight">Images the candidate is right on.</param>
/// <param name="ChampionRight">Images the champion is right on.</param>
/// <param name="Wins">Images the candidate alone is right on.</param>
/// <param name="Losses">Images the champion alone is right on.</param>
/// <param name="BetterP">One-sided p-value of McNemar's exact test: the chance of so many wins or more, were both equally good.</param>
/// <param name="WorseP">Likewise, of so many losses or more.</param>
/// <param name="LossBound">By how much the candidate's accuracy may be lower than the champion's in the most unfavourable case, at the
/// gate's level (exact, from the images where the two differ); negative if it is higher for sure.</param>
/// <param name="CandidateTrainingImages">Images the candidate was trained on.</param>
/// <param name="ChampionTrainingImages">Images the champion was trained on.</param>
/// <param name="Classes">The same for each class that images were compared on.</param>
/// <param name="AddedClasses">Classes of the candidate that the champion does not know.</param>
/// <param name="MissingClasses">Classes of the champion that the candidate does not know.</param>
/// <param name="NewImages">Images of the candidate, on either side, that the champion never saw, of classes that it knows.</param>
/// <param name="ContradictedImages">How many of them the champion takes for another class than their label says.</param>
/// <param name="ContradictionP">The chance of so many or more, were the true share the most that the gate allows.</param>
public sealed record ModelComparison(
    int Images,
    int TrainedOn,
    int Unavailable,
    int CandidateRight,
    int ChampionRight,
    int Wins,
    int Losses,
    double BetterP,
    double WorseP,
    double LossBound,
    int CandidateTrainingImages,
    int ChampionTrainingImages,
    IReadOnlyList<ClassComparison> Classes,
    IReadOnlyList<string> AddedClasses,
    IReadOnlyList<string> MissingClasses,
    int NewImages,
    int ContradictedImages,
    double ContradictionP);

/// <summary>How a candidate and the champion did on the images of one class.</summary>
/// <param name="Label">The class.</param>
/// <param name="Images">Number of images compared on.</param>
/// <param name="CandidateRight">Images the candidate is right on.</param>
/// <param name="ChampionRight">Images the champion is right on.</param>
/// <param name="Wins">Images the candidate alone is right on.</param>
/// <param name="Losses">Images the champion alone is right on.</param>
/// <param name="WorseP">One-sided p-value of McNemar's exact test for being worse on this class.</param>
/// <param name="AdjustedWorseP">The same after Holm's correction for the number of classes.</param>
public sealed record ClassComparison(
    string Label, int Images, int CandidateRight, int ChampionRight, int Wins, int Losses, double WorseP, double AdjustedWorseP);
