using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using DandelionMl.Tracking;
using DandelionMl.Training;

namespace DandelionMl.Tests.Tracking;

/// <summary>What the database tells of its trainings, where no server has a copy.</summary>
public sealed class DatabaseExperimentTrackerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Training_has_its_params_its_metrics_by_epoch_its_machine_and_its_time()
    {
        await using var loop = new TestLoop(options => (options.Training.Method, options.Training.Epochs) = (HeadMethod.Reference, 7));
        var version = (await loop.TrainAsync()).Version;
        var epochs = await loop.Get<IModelRegistry>().LoadEpochsAsync(1, Token);

        var run = (await loop.Get<IExperimentTracker>().FindAsync(1, Token))!;

        Assert.Equal(("version 1", "local_run", Environment.MachineName, ExperimentStatus.Finished), (run.Id, run.Source, run.Host, run.Status));
        Assert.Null(run.Mirror);
        Assert.Equal(version.CreatedAt, run.EndedAt);
        Assert.True(run.StartedAt < run.EndedAt);
        Assert.Contains(KeyValuePair.Create("epochs", "7"), run.Parameters);
        Assert.Contains(KeyValuePair.Create("learning_rate", "0.003"), run.Parameters);
        var losses = run.Metrics.Where(metric => metric.Key == "train_loss").ToList();
        Assert.Equal(epochs.Select(epoch => ((long)epoch.Epoch, epoch.Loss)), losses.Select(metric => (metric.Step, metric.Value)));
        Assert.Equal(losses.Select(metric => metric.At).Order(), losses.Select(metric => metric.At));
        Assert.Equal(version.Metrics.Accuracy * 100, Assert.Single(run.Metrics, metric => metric.Key == "val_accuracy").Value);
        Assert.Equal((run.EndedAt - run.StartedAt).TotalSeconds, Assert.Single(run.Metrics, metric => metric.Key == "duration").Value, 1e-6);
    }

    [Fact]
    public async Task Same_training_is_told_of_in_the_same_words_each_time()
    {
        await using var loop = new TestLoop(options => (options.Training.Method, options.Training.Epochs) = (HeadMethod.Reference, 7));
        await loop.TrainAsync();
        var tracker = loop.Get<IExperimentTracker>();

        Assert.Equal((await tracker.FindAsync(1, Token))!.Metrics, (await tracker.FindAsync(1, Token))!.Metrics);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1_000, 1_000)]
    [InlineData(2_500, 1_000)]
    [InlineData(100_000, 1_000)]
    public async Task Of_many_epochs_evenly_many_are_told_of_and_the_last(int epochs, int told)
    {
        await using var loop = new TestLoop();
        var version = (await loop.TrainAsync()).Version;

        var steps = ExperimentMetrics.OfEpochs(version, [.. Enumerable.Range(1, epochs).Select(epoch => new EpochMetrics(epoch, 1, 0.5))])
            .Where(metric => metric.Key == "train_accuracy").Select(metric => metric.Step).ToList();

        Assert.Equal(told, steps.Distinct().Count());
        Assert.Equal(epochs, steps[^1]);
        Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, (epochs / told) + 1));
    }

    [Fact]
    public async Task Unknown_version_and_run_are_none()
    {
        await using var loop = new TestLoop();

        Assert.Null(await loop.Get<IExperimentTracker>().FindAsync(3, Token));
        Assert.Null(await loop.Get<IExperimentTracker>().FindFailedAsync(3, Token));
    }
}
