using System.Security.Cryptography;
using System.Text;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Training;

public sealed class HoldoutSplitTests
{
    [Fact]
    public void Split_many_images_holds_out_about_the_share_asked_for()
    {
        var images = Enumerable.Range(0, 1_000).Select(index => Image(index, index % 2 == 0 ? "a" : "b")).ToList();

        var sides = Split(images);

        Assert.InRange(sides.Count(side => side == DataSplit.Test), 250, 350);
    }

    [Fact]
    public void Split_after_more_images_came_leaves_every_earlier_image_on_its_side()
    {
        var images = Enumerable.Range(0, 400).Select(index => Image(index, index % 2 == 0 ? "a" : "b")).ToList();

        var before = Split(images[..200]);
        var after = Split(images);

        Assert.Equal(before, after[..200]);
    }

    [Fact]
    public void Split_near_duplicates_go_to_the_side_of_the_first()
    {
        var originals = Enumerable.Range(0, 100).Select(index => Image(index, index % 2 == 0 ? "a" : "b")).ToList();
        var copies = originals.Select((image, index) => Image(1_000 + index, image.Label) with { Embedding = Array.ConvertAll(image.Embedding.ToArray(), value => value * 1.01f) });

        var sides = Split([.. originals, .. copies]);

        Assert.Equal(sides[..100], sides[100..]);
        Assert.Contains(DataSplit.Test, sides);
    }

    [Fact]
    public void Split_two_images_a_class_puts_one_on_each_side()
    {
        var images = Enumerable.Range(0, 20).Select(index => Image(index, $"class {index / 2}")).ToList();

        var sides = Split(images);

        Assert.All(sides.Chunk(2), pair => Assert.NotEqual(pair[0], pair[1]));
    }

    [Fact]
    public void Split_class_with_one_image_is_refused_by_name()
    {
        LabelledEmbedding[] images = [Image(0, "a"), Image(1, "a"), Image(2, "lonely")];

        var error = Assert.Throws<InsufficientTrainingDataException>(() => Split(images));

        Assert.Contains("'lonely'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Split_class_whose_images_are_all_alike_is_split_image_by_image()
    {
        var first = Image(0, "alike");
        LabelledEmbedding[] images =
            [.. Enumerable.Range(0, 40).Select(index => Image(index, "alike") with { Embedding = first.Embedding }), Image(40, "b"), Image(41, "b")];

        var sides = Split(images);

        Assert.Equal(images[..40].Select(image => HoldoutSplit.Side(image.Sha256, 0.3)), sides[..40]);
        Assert.Equal(2, sides[..40].Distinct().Count());
    }

    [Fact]
    public void Split_classes_whose_images_are_like_the_other_class_are_on_both_sides()
    {
        var first = Image(0, "a");
        LabelledEmbedding[] images =
            [.. Enumerable.Range(0, 20).Select(index => Image(index, index % 2 == 0 ? "a" : "b") with { Embedding = first.Embedding })];

        var sides = Split(images);

        Assert.All(images.Zip(sides).GroupBy(pair => pair.First.Label), group => Assert.Equal(2, group.Select(pair => pair.Second).Distinct().Count()));
    }

    private static DataSplit[] Split(IReadOnlyList<LabelledEmbedding> images) => HoldoutSplit.Split(
        images,
        [.. NearDuplicates.FindLeaders([.. images.Select(image => image.Embedding)], 0.95f, TestContext.Current.CancellationToken)
            .Select(leader => images[leader].Sha256)],
        testFraction: 0.3);

    private static LabelledEmbedding Image(int number, string label) => new(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"image {number}"))), label, FormulaWeights.Values($"image {number}", 32, 0, 1));
}
