using DandelionMl.Training.Logistic;

namespace DandelionMl.Training.LearningCurves;

/// <summary>A class that grows alone.</summary>
/// <param name="Target">The class.</param>
/// <param name="Times">How many times as many photos of it there are to be as there are.</param>
internal sealed record GrowingClass(int Target, double Times)
{
    /// <summary>Lets the class count beside the others as it will, whatever share of its photos is trained on. The more photos there are of a class,
    /// the more others are taken for it: that is measured so, and the shares tell what is learned from more photos.</summary>
    public LogisticProblem Weigh(LogisticProblem problem, int size, int all) =>
        problem with { ClassWeights = [.. problem.ClassWeights.Select((weight, target) => target == Target ? weight * Times * all / size : weight)] };
}
