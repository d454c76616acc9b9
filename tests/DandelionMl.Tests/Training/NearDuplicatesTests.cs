using System.Numerics.Tensors;
using DandelionMl.Embeddings;
using DandelionMl.Training;

namespace DandelionMl.Tests.Training;

public sealed class NearDuplicatesTests
{
    [Theory]
    [InlineData(1, 300, 0.9f)]
    [InlineData(2, 700, 0.999f)]
    [InlineData(17, 1_100, 0.95f)]
    [InlineData(48, 1_500, 0.9f)]
    [InlineData(384, 1_500, 0.97f)]
    public void Leaders_are_those_that_comparing_each_with_each_gives(int dimensions, int count, float threshold)
    {
        var embeddings = Scenes(dimensions, count, seed: dimensions);

        var leaders = NearDuplicates.FindLeaders([.. embeddings], threshold, TestContext.Current.CancellationToken);

        Assert.Equal(CompareEachWithEach(embeddings, threshold), leaders);
        Assert.InRange(leaders.Distinct().Count(), 1, count - 1);
    }

    [Fact]
    public void Equal_images_are_one_group_and_an_embedding_of_zeros_is_like_nothing()
    {
        float[][] embeddings = [new float[8], .. Enumerable.Repeat(Scenes(8, 1, seed: 1)[0], 1_000), new float[8]];

        var leaders = NearDuplicates.FindLeaders([.. embeddings], 0.95f, TestContext.Current.CancellationToken);

        Assert.Equal([0, .. Enumerable.Repeat(1, 1_000), 1_001], leaders);
    }

    [Fact]
    public void No_images_have_no_leaders() => Assert.Empty(NearDuplicates.FindLeaders([], 0.95f, TestContext.Current.CancellationToken));

    [Fact]
    public void Few_pairs_of_distinct_images_are_compared_in_full()
    {
        var index = new LeaderIndex([.. Scenes(384, 4_000, seed: 5)], threshold: 0.999f, searches: 2_000);
        foreach (var image in Enumerable.Range(0, 2_000))
        {
            index.Add(image);
        }

        index.FindFirst(2_000, from: 0, new int[2_000]);

        Assert.InRange(index.Cosines, 0, 2_000 * 2_000 / 1_000);
    }

    // Twice the photos cost 2.8 times the comparisons, where each with each would be four times as many.
    [Theory]
    [InlineData("distinct")]
    [InlineData("alike")]
    [InlineData("zeros")]
    [InlineData("one in two alike")]
    public void Comparisons_of_many_images_do_not_grow_with_the_square_of_their_number(string kind)
    {
        var distinct = Scenes(32, 16_000, seed: 9);
        float[][] embeddings =
        [
            .. distinct.Select((embedding, index) => kind switch
            {
                "distinct" => embedding,
                "zeros" => new float[32],
                "alike" => distinct[0],
                _ => index % 2 == 0 ? distinct[0] : embedding,
            }),
        ];

        var (half, all) = (CountComparisons(embeddings[..8_000]), CountComparisons(embeddings));

        Assert.InRange((double)all / half, 1, 3);

        static long CountComparisons(float[][] embeddings)
        {
            var index = new LeaderIndex([.. embeddings], threshold: 0.999f, searches: embeddings.Length, exactUpTo: 1_000);
            Search(index, embeddings.Length);
            return index.Bounds + index.Cosines;
        }
    }

    // In cells, which a million photos are put into.
    [Theory]
    [InlineData(48, 0.9f)]
    [InlineData(48, 0.97f)]
    [InlineData(384, 0.97f)]
    public void Few_near_duplicates_among_many_images_are_missed(int dimensions, float threshold)
    {
        var embeddings = Scenes(dimensions, 12_000, seed: 8);
        var exact = Search(new LeaderIndex([.. embeddings], threshold, embeddings.Length), embeddings.Length);

        var found = Search(new LeaderIndex([.. embeddings], threshold, embeddings.Length, exactUpTo: 1_000), embeddings.Length);

        var (followers, missed) = (exact.Index().Count(item => item.Item != item.Index), exact.Zip(found).Count(pair => pair.First != pair.Second));
        Assert.InRange(followers, 1_000, 6_000);
        Assert.InRange(missed, 0, followers / 100);
    }

    /// <summary>The leader of each image, one after the other.</summary>
    private static int[] Search(LeaderIndex index, int count)
    {
        var leaders = new int[count];
        for (var image = 0; image < count; image++)
        {
            index.FindFirst(image, from: 0, leaders.AsSpan(image, 1));
            if (leaders[image] < 0)
            {
                leaders[image] = image;
                index.Add(image);
            }
        }

        return leaders;
    }

    // A class of a few photos must not cost what thousands do: there may be a thousand such classes.
    [Theory]
    [InlineData(10, 0)]
    [InlineData(100, 3)]
    [InlineData(4_000, 31)]
    public void Few_embeddings_are_compared_in_full_and_many_on_few_directions(int count, int directions) =>
        Assert.Equal(directions + 1, LeadingSubspace.ForSearches([.. Scenes(48, count, seed: 3)], count).Width);

    /// <summary>Photos about some scenes: near ones, and chains of ever less similar ones.</summary>
    private static float[][] Scenes(int dimensions, int count, int seed)
    {
        var random = new Random(seed);
        var embeddings = new float[count][];
        for (var index = 0; index < count; index++)
        {
            var noise = Enumerable.Range(0, dimensions).Select(_ => (2 * random.NextSingle()) - 1).ToArray();
            if (index > 0 && random.Next(3) == 0)
            {
                var closeness = 1 + (10 * random.NextSingle());
                TensorPrimitives.MultiplyAdd(embeddings[random.Next(index)], closeness, noise, noise);
            }

            embeddings[index] = noise;
        }

        return embeddings;
    }

    private static int[] CompareEachWithEach(float[][] embeddings, float threshold)
    {
        var directions = embeddings.Select(embedding => Direction.Of(embedding)).ToArray();
        var leaders = new int[directions.Length];
        for (var index = 0; index < leaders.Length; index++)
        {
            leaders[index] = Enumerable.Range(0, index).Cast<int?>().FirstOrDefault(earlier =>
                leaders[earlier!.Value] == earlier && TensorPrimitives.Dot<float>(directions[earlier.Value], directions[index]) >= threshold) ?? index;
        }

        return leaders;
    }
}
