using DandelionMl.Backbones.BuiltIn;

namespace DandelionMl.Tests.Backbones.BuiltIn;

public sealed class BuiltInBackboneTrainerTests
{
    private const int Samples = 3_000;

    private static readonly float[][] Images =
        [.. Enumerable.Range(0, 12).Select(seed => SyntheticPhotos.Preprocess(SyntheticPhotos.Create(seed)))];

    [Fact]
    public void Train_again_with_other_thread_counts_gives_the_same_bytes()
    {
        var expected = Train(new BuiltInBackboneTrainer { Samples = Samples });

        foreach (var threads in (int[])[4, 2, -1])
        {
            Assert.Equal(expected, Train(new BuiltInBackboneTrainer { Samples = Samples, MaxDegreeOfParallelism = threads }));
        }
    }

    [Fact]
    public void Train_with_another_seed_gives_other_bytes()
    {
        var other = new BuiltInBackboneTrainer { Samples = Samples, Seed = 2 };

        Assert.NotEqual(Train(new BuiltInBackboneTrainer { Samples = Samples }), Train(other));
    }

    [Fact]
    public void Train_embeddings_of_the_learning_photos_are_centred()
    {
        var weights = new BuiltInBackboneTrainer { Samples = Samples }.Train(Images, TestContext.Current.CancellationToken);
        using var backbone = new BuiltInBackbone("test", weights);
        var sum = new double[backbone.Info.Dimensions];
        foreach (var image in Images)
        {
            var embedding = new float[backbone.Info.Dimensions];
            backbone.Embed(image, embedding, TestContext.Current.CancellationToken);
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += embedding[i];
            }
        }

        Assert.All(sum, total => Assert.InRange(total, -1e-2, 1e-2));
    }

    [Fact]
    public void Train_from_identical_constant_photos_gives_finite_embeddings()
    {
        var images = Enumerable.Repeat(SyntheticPhotos.Preprocess(SyntheticPhotos.Constant(90)), 10).ToArray();
        var weights = new BuiltInBackboneTrainer { Samples = Samples }.Train(images, TestContext.Current.CancellationToken);
        using var backbone = new BuiltInBackbone("test", BuiltInBackboneWeights.FromBytes(weights.ToBytes()));
        var embedding = new float[backbone.Info.Dimensions];

        backbone.Embed(Images[0], embedding, TestContext.Current.CancellationToken);

        Assert.All(embedding, component => Assert.True(float.IsFinite(component)));
    }

    [Fact]
    public void Train_too_few_photos_throws() =>
        Assert.Throws<ArgumentException>(
            () => new BuiltInBackboneTrainer().Train(Images[..9], TestContext.Current.CancellationToken));

    [Fact]
    public void Train_image_of_another_size_throws() =>
        Assert.Throws<ArgumentException>(
            () => new BuiltInBackboneTrainer().Train([.. Images, new float[7]], TestContext.Current.CancellationToken));

    [Fact]
    public void Train_cancelled_throws() =>
        Assert.Throws<OperationCanceledException>(
            () => new BuiltInBackboneTrainer().Train(Images, new CancellationToken(canceled: true)));

    private static byte[] Train(BuiltInBackboneTrainer trainer) =>
        trainer.Train(Images, TestContext.Current.CancellationToken).ToBytes();
}
