using System.Text.Json;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Training;

public sealed class HeadTrainerTests
{
    [Theory]
    [InlineData("bce", 1)]
    [InlineData("ce", 2)]
    public void Step_reference_problem_agrees_with_pytorch(string loss, int outputs)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("golden/head/adam-full-batch.json")));
        var (embeddings, targets) = ReferenceProblem();
        var options = new TrainingOptions { LearningRate = 0.003, WeightDecay = 0 };
        var trainer = new HeadTrainer(2, 16, options, FormulaWeights.Values($"head.w.{loss}", outputs * 16, 0, 0.1), crossEntropyForTwo: loss == "ce");
        var all = Enumerable.Range(0, embeddings.Length).ToArray();

        var step = 0;
        foreach (var expected in golden.RootElement.GetProperty("log").GetProperty(loss).EnumerateArray())
        {
            double lossBefore = 0;
            for (; step < expected.GetProperty("step").GetInt32(); step++)
            {
                lossBefore = trainer.Step(embeddings, targets, all).LossSum / embeddings.Length;
            }

            Assert.Equal(expected.GetProperty("loss_before_step").GetDouble(), lossBefore, 1e-4);
            AssertClose(expected.GetProperty("w0"), trainer.Weights.Span[..16]);
            AssertClose(expected.GetProperty("b"), trainer.Bias.Span);
        }

        Assert.Equal(200, step);
    }

    [Fact]
    public void Fit_three_separable_classes_learns_them_and_reports_every_epoch()
    {
        var (embeddings, targets) = Clusters(classes: 3, perClass: 20);
        var epochs = new List<EpochMetrics>();

        var head = HeadTrainer.Fit(embeddings, targets, 3, new TrainingOptions { Epochs = 60 }, new SynchronousProgress<EpochMetrics>(epochs.Add), TestContext.Current.CancellationToken);

        Assert.All(embeddings.Zip(targets), item => Assert.Equal(item.Second, IndexOfMax(head.Classify(item.First))));
        Assert.Equal(Enumerable.Range(1, 60), epochs.Select(epoch => epoch.Epoch));
        Assert.True(epochs[^1].Loss < epochs[0].Loss);
        Assert.Equal(1, epochs[^1].Accuracy);
    }

    [Fact]
    public void Fit_same_seed_gives_the_same_head_and_another_seed_another()
    {
        var (embeddings, targets) = Clusters(classes: 2, perClass: 30);

        var first = HeadTrainer.Fit(embeddings, targets, 2, new TrainingOptions { Seed = 7 }, null, TestContext.Current.CancellationToken);
        var again = HeadTrainer.Fit(embeddings, targets, 2, new TrainingOptions { Seed = 7 }, null, TestContext.Current.CancellationToken);
        var other = HeadTrainer.Fit(embeddings, targets, 2, new TrainingOptions { Seed = 8 }, null, TestContext.Current.CancellationToken);

        Assert.Equal(first.Weights.ToArray(), again.Weights.ToArray());
        Assert.NotEqual(first.Weights.ToArray(), other.Weights.ToArray());
    }

    [Fact]
    public void Fit_cancelled_in_an_epoch_stops_at_the_next_step()
    {
        var (embeddings, targets) = Clusters(classes: 2, perClass: 30);
        using var cancellation = new CancellationTokenSource();
        var epochs = 0;
        var progress = new SynchronousProgress<EpochMetrics>(_ =>
        {
            epochs++;
            cancellation.Cancel();
        });

        Assert.Throws<OperationCanceledException>(() => HeadTrainer.Fit(embeddings, targets, 2, new TrainingOptions(), progress, cancellation.Token));
        Assert.Equal(1, epochs);
    }

    private static (float[][] Embeddings, int[] Targets) ReferenceProblem()
    {
        var values = FormulaWeights.Values("head.x", 96 * 16, 0, 1);
        var targets = Enumerable.Range(0, 96).Select(row => row % 2).ToArray();
        var embeddings = values.Chunk(16).ToArray();
        for (var row = 0; row < 96; row++)
        {
            var sign = (2 * targets[row]) - 1;
            embeddings[row][0] += 0.4f * sign;
            embeddings[row][3] -= 0.3f * sign;
        }

        return (embeddings, targets);
    }

    private static (float[][] Embeddings, int[] Targets) Clusters(int classes, int perClass)
    {
        var targets = Enumerable.Range(0, classes * perClass).Select(index => index % classes).ToArray();
        var embeddings = targets.Select((target, index) =>
        {
            var embedding = FormulaWeights.Values($"cluster.{index}", 8, 0, 0.5);
            embedding[target] += 2;
            return embedding;
        }).ToArray();
        return (embeddings, targets);
    }

    private static int IndexOfMax(float[] values) => values.AsSpan().IndexOf(values.Max());

    private static void AssertClose(JsonElement expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.GetArrayLength(), actual.Length);
        for (var index = 0; index < actual.Length; index++)
        {
            Assert.Equal(expected[index].GetSingle(), actual[index], 1e-4f);
        }
    }
}
