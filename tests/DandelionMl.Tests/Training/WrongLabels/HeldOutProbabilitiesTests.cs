using System.Numerics.Tensors;
using System.Text;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Imaging;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Tests.Training.LearningCurves;
using DandelionMl.Training;
using DandelionMl.Training.WrongLabels;

namespace DandelionMl.Tests.Training.WrongLabels;

public sealed class HeldOutProbabilitiesTests
{
    private static readonly string[] Two = ["a", "b"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 60, 8)]
    [InlineData(2, 60, 900)]
    [InlineData(4, 60, 16)]
    [InlineData(2, 1500, 8)]
    public void Of_finds_flipped_labels(int classes, int perClass, int dimensions)
    {
        string[] labels = [.. Enumerable.Range(0, classes).Select(index => ((char)('a' + index)).ToString())];
        var photos = Clusters(classes, perClass, dimensions);
        var flipped = Flip(photos, labels, share: 0.05, seed: 3);

        var ranked = Rank(photos, labels);

        var found = ranked.Take(2 * flipped.Count).Count(doubt => flipped.Contains(doubt.Photo));
        Assert.True(found >= 0.9 * flipped.Count, $"{found} of {flipped.Count}");
        var flagged = ranked.FindAll(doubt => doubt.IsFlagged);
        var right = flagged.Count(doubt => flipped.Contains(doubt.Photo));
        Assert.True(right >= 0.5 * flipped.Count && right >= 0.8 * flagged.Count, $"{right} of {flagged.Count} flagged are wrong, of {flipped.Count}.");
    }

    /// <summary>With the first look alone it is 83: the flipped labels that the heads had learned vouched for the others.</summary>
    [Fact]
    public void Of_looks_again_without_what_is_flagged_at_first()
    {
        var drawn = new DrawnEmbeddings(classes: 2, width: 60, distance: 3);

        var found = Enumerable.Range(1, 5).Sum(seed =>
        {
            var photos = drawn.Draw(200, seed);
            var flipped = Flip(photos, drawn.Labels, share: 0.1, seed);
            return Rank(photos, drawn.Labels).Take(flipped.Count).Count(doubt => flipped.Contains(doubt.Photo));
        });

        Assert.True(found >= 88, $"{found} of 100");
    }

    /// <summary>On real photos, whose own labels are right: see <c>benchmarks honesty labels</c> for more draws and backbones.</summary>
    [Fact]
    public void Of_finds_flipped_labels_of_real_photos()
    {
        var photos = ReadPhotos();
        var flipped = Flip(photos, Two, share: 0.05, seed: 1);

        var ranked = Rank(photos, Two);

        var found = ranked.Take(2 * flipped.Count).Count(doubt => flipped.Contains(doubt.Photo));
        Assert.True(found >= 0.7 * flipped.Count, $"{found} of {flipped.Count}");
    }

    [Fact]
    public void Of_every_photo_has_probabilities_that_add_up_to_one_and_do_not_depend_on_the_order()
    {
        var photos = Clusters(3, 40, 6);
        string[] labels = ["a", "b", "c"];
        var shuffled = photos.ToArray();
        new Random(3).Shuffle(shuffled);

        var (first, again) = (HeldOutProbabilities.Of(photos, labels, cancellationToken: Token)!, HeldOutProbabilities.Of(shuffled, labels, cancellationToken: Token)!);

        Assert.All(first, probabilities => Assert.Equal(1, probabilities!.Sum(), 1e-4f));
        foreach (var (index, photo) in photos.Index())
        {
            Assert.Equal(first[index]![0], again[Array.IndexOf(shuffled, photo)]![0], 1e-3f);
        }
    }

    /// <summary>Two copies of a photo under a wrong label would vouch for each other, were one of them trained on while the other is held
    /// out.</summary>
    [Fact]
    public void Of_near_duplicates_are_held_out_together()
    {
        var photos = Clusters(2, 40, 100);
        var (wrong, copy) = (photos[0] with { Label = "b" }, photos[0] with { Sha256 = ContentHash.Of("copy"u8.ToArray()), Label = "b" });
        photos[0] = wrong;

        var together = HeldOutProbabilities.Of([.. photos, copy with { Leader = wrong.Sha256 }], Two, cancellationToken: Token)!;
        var apart = HeldOutProbabilities.Of([.. photos, copy with { Leader = copy.Sha256 }], Two, cancellationToken: Token)!;

        Assert.True(together[0]![1] < apart[0]![1], $"{together[0]![1]} and {apart[0]![1]}");
    }

    [Fact]
    public void Of_a_photo_whose_class_has_no_other_is_not_judged()
    {
        List<LabelledEmbedding> photos = [.. Clusters(2, 20, 6), Image("only", "c", [9, 9, 9, 9, 9, 9])];

        var probabilities = HeldOutProbabilities.Of(photos, ["a", "b", "c"], cancellationToken: Token)!;

        Assert.Null(probabilities[^1]);
        Assert.All(probabilities[..^1], Assert.NotNull);
    }

    [Fact]
    public void Of_embeddings_that_are_all_alike_tells_so()
    {
        LabelledEmbedding[] photos = [.. Enumerable.Range(0, 30).Select(index => Image($"{index}", Two[index % 3 == 0 ? 0 : 1], [0.1f, 0.7f]))];

        Assert.Null(HeldOutProbabilities.Of(photos, Two, cancellationToken: Token));
    }

    private static List<DoubtedLabel> Rank(LabelledEmbedding[] photos, string[] labels) => ConfidentLearning.Rank(
        HeldOutProbabilities.Of(photos, labels, cancellationToken: Token)!, [.. photos.Select(photo => labels.AsSpan().IndexOf(photo.Label))]);

    /// <summary>Gives a share of the photos, drawn with a seed, the label of the next class.</summary>
    private static HashSet<int> Flip(LabelledEmbedding[] photos, string[] labels, double share, int seed)
    {
        var order = Enumerable.Range(0, photos.Length).ToArray();
        new Random(seed).Shuffle(order);
        var flipped = order[..(int)(share * photos.Length)].ToHashSet();
        foreach (var photo in flipped)
        {
            photos[photo] = photos[photo] with { Label = labels[(labels.AsSpan().IndexOf(photos[photo].Label) + 1) % labels.Length] };
        }

        return flipped;
    }

    private static LabelledEmbedding[] Clusters(int classes, int perClass, int dimensions) =>
    [
        .. from label in Enumerable.Range(0, classes)
           let centre = FormulaWeights.Values($"class.{label}", dimensions, 0, 2)
           from number in Enumerable.Range(0, perClass)
           select Image($"{label}.{number}", ((char)('a' + label)).ToString(), Near(centre, $"photo.{label}.{number}")),
    ];

    private static float[] Near(float[] centre, string name)
    {
        var embedding = FormulaWeights.Values(name, centre.Length, 0, 1);
        TensorPrimitives.Add(embedding, centre, embedding);
        return embedding;
    }

    private static LabelledEmbedding Image(string name, string label, float[] embedding) =>
        new(ContentHash.Of(Encoding.UTF8.GetBytes(name)), label, embedding);

    private static LabelledEmbedding[] ReadPhotos()
    {
        using var backbone = BuiltInBackbone.Load();
        var decoder = new SkiaImageDecoder(new ImageLimits());
        return
        [
            .. from folder in Directory.GetDirectories(SharedFiles.Require("data/dandelion-grass")).Order(StringComparer.Ordinal).Index()
               from file in Directory.GetFiles(folder.Item).Order(StringComparer.Ordinal)
               let bytes = File.ReadAllBytes(file)
               select new LabelledEmbedding(ContentHash.Of(bytes), Two[folder.Index], Embed(backbone, decoder.Decode(bytes))),
        ];
    }

    private static float[] Embed(BuiltInBackbone backbone, RgbImage photo)
    {
        var (tensor, embedding) = (new float[backbone.Info.Preprocessing.TensorLength], new float[backbone.Info.Dimensions]);
        backbone.Info.Preprocessing.Apply(photo, tensor);
        backbone.Embed(tensor, embedding, Token);
        return embedding;
    }
}
