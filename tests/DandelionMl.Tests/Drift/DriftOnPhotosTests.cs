using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Classification;
using DandelionMl.Drift.Detection;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Drift;

/// <summary>What is promised of drift's alarms, on real photos: 1,000 a day, drawn from those that neither the model nor the watch has
/// seen.</summary>
public sealed class DriftOnPhotosTests
{
    private const int Day = 1_000;
    private const int Year = 365 * Day;
    private const int Splits = 8;

    private static readonly DriftRules Rules = new(new ClassifierOptions().DriftPhotosPerFalseAlarm, new ClassifierOptions().DriftBurstInterval);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void False_alarms_come_at_most_once_a_year_and_a_true_one_within_a_day()
    {
        using var backbone = BuiltInBackbone.Load();
        var photos = Read(backbone);
        var (falseAlarms, delays) = (0, new List<int>());
        for (var split = 0; split < Splits; split++)
        {
            var random = new Random(split);
            var (usual, elsewhere) = Rank(photos, random);
            var state = new DriftState { Since = DateTimeOffset.UnixEpoch };
            var at = DateTimeOffset.UnixEpoch;
            for (var photo = 0; photo < Year; photo++)
            {
                Serve(state, usual[random.Next(usual.Count)], at = Next(at, random));
                if (state.Alarm is not null)
                {
                    falseAlarms++;
                    state = DriftDetector.Restart(state, "test", DateTimeOffset.UnixEpoch);
                }
            }

            var served = 0;
            for (; state.Alarm is null && served < 10 * Day; served++)
            {
                Serve(state, random.Next(2) == 0 ? usual[random.Next(usual.Count)] : elsewhere[random.Next(elsewhere.Count)], at = Next(at, random));
            }

            delays.Add(served);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{falseAlarms} false alarms in {Splits} years; true ones after {string.Join(", ", delays)} photos");
        Assert.InRange(falseAlarms, 0, Splits);
        Assert.All(delays, delay => Assert.InRange(delay, 1, Day));
    }

    /// <summary>When the next photo comes, if they come by chance.</summary>
    private static DateTimeOffset Next(DateTimeOffset at, Random random) => at.AddDays(-Math.Log(1 - random.NextDouble()) / Day);

    private static void Serve(DriftState state, (string Label, FamiliarityRank? Rank) photo, DateTimeOffset at) =>
        DriftDetector.Add(state, photo.Label, photo.Rank, at, Rules);

    /// <summary>Splits the photos: a half to train on, a quarter held out, a quarter served, and their negatives as what comes from
    /// elsewhere.</summary>
    private static (List<(string, FamiliarityRank?)> Usual, List<(string, FamiliarityRank?)> Elsewhere) Rank(List<Photo> photos, Random random)
    {
        var order = photos.ToArray();
        random.Shuffle(order);
        var (trained, rest) = (order[..(order.Length / 2)], order[(order.Length / 2)..]);
        var (heldOut, served) = (rest[..(rest.Length / 2)], rest[(rest.Length / 2)..]);
        var head = HeadTrainer.Fit(
            [.. trained.Select(photo => photo.Embedding)], [.. trained.Select(photo => photo.Label)], 2, new TrainingOptions(), cancellationToken: Token);
        string Label(float[] embedding) => head.Classify(embedding)[1] > 0.5f ? "grass" : "dandelion";
        var reference = new DriftReference(
            [.. trained.Select(photo => photo.Embedding)], [.. heldOut.Select(photo => (Label(photo.Embedding), photo.Embedding))]);
        (string, FamiliarityRank?) Ranked(float[] embedding) => (Label(embedding), reference.Rank(Label(embedding), embedding));
        return ([.. served.Select(photo => Ranked(photo.Embedding))], [.. served.Select(photo => Ranked(photo.Negative))]);
    }

    private static List<Photo> Read(BuiltInBackbone backbone)
    {
        var decoder = new SkiaImageDecoder(new ImageLimits());
        var preprocessing = backbone.Info.Preprocessing;
        var folders = Directory.GetDirectories(SharedFiles.Require("data/dandelion-grass")).Order(StringComparer.Ordinal);
        var files = folders.Index().SelectMany(folder => Directory.GetFiles(folder.Item).Order(StringComparer.Ordinal).Select(file => (folder.Index, file)));
        return [.. files.AsParallel().AsOrdered().Select(item =>
        {
            var image = decoder.Decode(File.ReadAllBytes(item.file));
            var negative = new RgbImage(image.Width, image.Height, [.. image.Pixels.ToArray().Select(value => (byte)(255 - value))]);
            return new Photo(item.Index, Embed(image), Embed(negative));
        })];

        float[] Embed(RgbImage image)
        {
            var tensor = new float[preprocessing.TensorLength];
            preprocessing.Apply(image, tensor);
            var embedding = new float[backbone.Info.Dimensions];
            backbone.Embed(tensor, embedding, Token);
            return embedding;
        }
    }

    private sealed record Photo(int Label, float[] Embedding, float[] Negative);
}
