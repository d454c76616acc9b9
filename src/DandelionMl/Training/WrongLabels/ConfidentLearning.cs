using System.Numerics.Tensors;

namespace DandelionMl.Training.WrongLabels;

/// <summary>Finds labels that are likely wrong (Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset
/// Labels").</summary>
/// <remarks>
/// <para>All rests on probabilities that each photo is given by heads that did not learn it. A class' threshold is the mean probability that
/// photos with its label have of it. A photo is counted to the class whose threshold it reaches, to the most probable of several; where that
/// is not its label, the label is flagged: it is off the diagonal of the confident joint. So a class that is hard to tell needs less to be
/// believed than one that is easy.</para>
/// <para>Photos are ranked by the normalised margin, the probability of the label less that of the most probable other class: which of them
/// come first asks for no threshold, and the first are worth a look even where none is flagged.</para>
/// </remarks>
internal static class ConfidentLearning
{
    /// <summary>Ranks photos by how likely their labels are wrong.</summary>
    /// <param name="probabilities">For each photo, a probability a class, from heads that were not trained on it; null for one that has
    /// none, which is left out.</param>
    /// <param name="targets">The class that each is labelled as.</param>
    /// <returns>All that have probabilities, the least plausible label first.</returns>
    public static List<DoubtedLabel> Rank(IReadOnlyList<float[]?> probabilities, IReadOnlyList<int> targets)
    {
        var thresholds = Enumerable.Range(0, probabilities.Count).Where(photo => probabilities[photo] is not null)
            .GroupBy(photo => targets[photo])
            .ToDictionary(members => members.Key, members => members.Average(photo => (double)probabilities[photo]![members.Key]));
        return
        [
            .. Enumerable.Range(0, probabilities.Count).Where(photo => probabilities[photo] is not null)
                .Select(photo => Doubt(photo, probabilities[photo]!, targets[photo], thresholds))
                .OrderBy(doubt => doubt.Margin).ThenBy(doubt => doubt.Photo),
        ];
    }

    private static DoubtedLabel Doubt(int photo, float[] probabilities, int given, Dictionary<int, double> thresholds)
    {
        var others = (float[])probabilities.Clone();
        others[given] = float.NegativeInfinity;
        var likely = TensorPrimitives.IndexOfMax<float>(others);
        int? counted = thresholds.Where(item => probabilities[item.Key] >= item.Value)
            .Select(item => (int?)item.Key).OrderByDescending(label => probabilities[label!.Value]).ThenBy(label => label).FirstOrDefault();
        return new DoubtedLabel(photo, given, likely, probabilities[given], probabilities[likely], counted is { } label && label != given);
    }
}

/// <summary>A photo's label, and the doubt about it.</summary>
/// <param name="Photo">Index of the photo.</param>
/// <param name="Given">The class that it is labelled as.</param>
/// <param name="Likely">The most probable other class.</param>
/// <param name="GivenProbability">Probability of the label, 0 to 1.</param>
/// <param name="LikelyProbability">Probability of the other class, 0 to 1.</param>
/// <param name="IsFlagged">Whether the rule of the confident joint calls the label wrong.</param>
internal readonly record struct DoubtedLabel(
    int Photo, int Given, int Likely, float GivenProbability, float LikelyProbability, bool IsFlagged)
{
    /// <summary>The normalised margin, -1 to 1: the lower, the likelier the label is wrong.</summary>
    public float Margin => GivenProbability - LikelyProbability;
}
