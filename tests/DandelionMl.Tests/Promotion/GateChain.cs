using System.Numerics.Tensors;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Training;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Tests.Promotion;

/// <summary>A year of a simulated installation: each week photos are labelled, a head is fitted to all of them, and the gate judges it. True
/// accuracies are known.</summary>
/// <param name="Photos">Photos at the start, of three classes.</param>
/// <param name="Weekly">Photos that come each week.</param>
/// <param name="Mislabelled">Share of the photos of each third week that have a wrong label.</param>
/// <param name="Drift">How far the classes have moved at the end of the year, beside a distance of two between them.</param>
/// <param name="Noise">Standard deviation of what is added to the weights of each head, as a fit to other photos would differ.</param>
/// <param name="Decay">Where above zero, each head is no fit but the champion with so much added to its weights: each week a little worse, and trained
/// on more photos.</param>
internal sealed record GateChain(int Photos, int Weekly, double Mislabelled = 0, double Drift = 0, double Noise = 0, double Decay = 0)
{
    private const int Weeks = 52;
    private const int Population = 6_000;
    private const int Dimensions = 24;
    private const double Distance = 2;
    private const double Strength = 0.1;

    private static readonly string[] Labels = ["dandelion", "grass", "rocket"];

    private static readonly PromotionGateOptions Options = new() { MinimumAccuracy = 0, MinimumRecall = 0 };

    /// <summary>Runs a year.</summary>
    /// <param name="seed">Seed of all that is drawn.</param>
    /// <param name="hasMemory">Whether the gate knows of its verdicts before.</param>
    public ChainOutcome Run(int seed, bool hasMemory = true)
    {
        var random = new Random(seed);
        var (images, embeddings, targets) = (new List<ManifestImage>(), new Dictionary<string, ReadOnlyMemory<float>>(), new Dictionary<string, int>());
        Add(Photos, week: 0);
        var champions = new List<JudgedModel>();
        var (judged, uses, best) = (new HashSet<string>(), 0.0, (int?)null);
        for (var week = 0; week <= Weeks; week++)
        {
            if (week > 0)
            {
                Add(Weekly, week);
            }

            var candidate = JudgedHead.Of(Decay > 0 && week > 0 ? Disturb(champions[^1].Head, Decay) : Fit(), Labels, [.. images], embeddings, week);
            if (week == 0 || IsPromoted(candidate))
            {
                champions.Add(candidate);
            }

            judged.UnionWith(images.Where(image => image.Split == DataSplit.Test).Select(image => image.Sha256));
        }

        var population = Enumerable.Range(0, Population).Select(index => (Embedding: Draw(index % Labels.Length, Weeks), Target: index % Labels.Length)).ToList();
        double[] accuracies = [.. champions.Select(champion => population.Count(photo => Answer(champion.Head, photo.Embedding) == photo.Target) / (double)Population)];
        return new ChainOutcome(champions.Count - 1, accuracies[0], accuracies.Max(), accuracies[^1]);

        bool IsPromoted(JudgedModel candidate)
        {
            var champion = champions[^1];
            var before = champions.Find(model => model.Version.Version == best && model != champion);
            var comparison = HeadToHead.Compare(candidate, champion, Options, hasMemory ? new PastVerdicts(judged, uses + 1, before) : null);
            (uses, best) = (comparison.Uses, comparison.BestVersion);
            return GateChecks.Beside(champion.Version.Version, comparison, Options).All(check => check.Passed);
        }

        void Add(int count, int week)
        {
            for (var number = 0; number < count; number++)
            {
                var target = random.Next(Labels.Length);
                var name = $"{week}.{number}";
                embeddings[name] = Draw(target, week);
                var isWrong = week > 0 && week % 3 == 0 && random.NextDouble() < Mislabelled;
                targets[name] = isWrong ? (target + 1 + random.Next(Labels.Length - 1)) % Labels.Length : target;
                images.Add(new ManifestImage(name, Labels[targets[name]], random.NextDouble() < 0.3 ? DataSplit.Test : DataSplit.Train));
            }
        }

        LinearHead Fit()
        {
            var train = images.Where(image => image.Split == DataSplit.Train).ToList();
            var rows = new ScaledEmbeddings([.. train.Select(image => embeddings[image.Sha256])]);
            var problem = new LogisticProblem(rows, [.. train.Select(image => targets[image.Sha256])], Labels.Length, [1, 1, 1]);
            var point = problem.Zero();
            problem.Fit([.. Enumerable.Range(0, train.Count)], Strength, point, tolerance: 1e-3);
            var width = problem.Outputs * rows.Width;
            var (weights, bias) = rows.Unscale(point.AsSpan(0, width), point.AsSpan(width));
            return Disturb(new LinearHead(Labels.Length, weights, bias), Noise);
        }

        LinearHead Disturb(LinearHead head, double by) =>
            new(Labels.Length, Array.ConvertAll(head.Weights.ToArray(), weight => weight + (float)(by * Normal())), head.Bias.ToArray());

        float[] Draw(int target, int week)
        {
            var embedding = new float[Dimensions];
            for (var dimension = 0; dimension < Dimensions; dimension++)
            {
                embedding[dimension] = (float)Normal();
            }

            embedding[target] += (float)Distance;
            embedding[target + Labels.Length] += (float)(Drift * week / Weeks);
            embedding[(target + 1) % Labels.Length] += (float)(Drift * week / Weeks / 2);
            return embedding;
        }

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    private static int Answer(LinearHead head, float[] embedding) => TensorPrimitives.IndexOfMax<float>(head.Classify(embedding));
}

/// <summary>How a year ended. Accuracies are true ones, on the photos as they are at its end.</summary>
/// <param name="Promotions">How often the champion was replaced.</param>
/// <param name="First">Accuracy of the first champion.</param>
/// <param name="Best">Accuracy of the best champion that there was.</param>
/// <param name="Last">Accuracy of the last champion.</param>
internal sealed record ChainOutcome(int Promotions, double First, double Best, double Last)
{
    /// <summary>Whether the last champion is worse than the best there was by more than one point.</summary>
    public bool IsWorse => Best - Last > 0.01;
}
