using System.Numerics.Tensors;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Backbones.BuiltIn;

/// <summary>What the backbone is for, on real photos; the benchmark of the same name measures it properly.</summary>
public sealed class BuiltInBackboneOnPhotosTests
{
    [Fact]
    public void Embed_photos_not_learned_from_tells_dandelions_from_grass()
    {
        const int Folds = 3;
        var photos = Read();
        var right = 0;
        for (var fold = 0; fold < Folds; fold++)
        {
            var train = photos.Where((_, i) => i % Folds != fold).ToArray();
            var test = photos.Where((_, i) => i % Folds == fold).ToArray();
            var trainer = new BuiltInBackboneTrainer { Samples = 10_000 };
            var weights = trainer.Train([.. train.Select(photo => photo.Image)], TestContext.Current.CancellationToken);
            using var backbone = new BuiltInBackbone("fold", weights);
            var head = HeadTrainer.Fit(
                [.. train.Select(photo => Embed(backbone, photo.Image))], [.. train.Select(photo => photo.Label)], 2, new TrainingOptions(),
                cancellationToken: TestContext.Current.CancellationToken);
            right += test.Count(photo => head.Classify(Embed(backbone, photo.Image))[photo.Label] > 0.5f);
        }

        var accuracy = (double)right / photos.Count;
        Assert.True(accuracy >= 0.88, $"The accuracy is {accuracy:F3}.");
    }

    [Fact]
    public void Cosine_similarity_tells_an_altered_copy_from_another_photo()
    {
        using var backbone = BuiltInBackbone.Load();
        var photos = Read().Where((_, i) => i % 10 == 0).ToArray();
        var embeddings = Array.ConvertAll(photos, photo => Embed(backbone, photo.Image));
        var found = 0;
        for (var i = 0; i < photos.Length; i++)
        {
            var copy = Embed(backbone, SyntheticPhotos.Preprocess(Reencode(photos[i].File)));
            found += TensorPrimitives.CosineSimilarity<float>(copy, embeddings[i]) >= backbone.Info.DuplicateThreshold ? 1 : 0;
            for (var j = 0; j < i; j++)
            {
                Assert.True(
                    TensorPrimitives.CosineSimilarity<float>(embeddings[i], embeddings[j]) < backbone.Info.DuplicateThreshold,
                    $"{photos[i].File} and {photos[j].File} count as the same photo.");
            }
        }

        Assert.True(found >= 0.9 * photos.Length, $"{found} of {photos.Length} copies are found.");
    }

    private static List<Photo> Read()
    {
        var photos = new List<Photo>();
        var folders = Directory.GetDirectories(SharedFiles.Require("data/dandelion-grass")).Order(StringComparer.Ordinal);
        foreach (var (label, folder) in folders.Index())
        {
            foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
            {
                photos.Add(new Photo(file, label, SyntheticPhotos.Preprocess(Decode(File.ReadAllBytes(file)))));
            }
        }

        return photos;
    }

    private static RgbImage Reencode(string file) => Decode(ImageEncoder.ToJpeg(Decode(File.ReadAllBytes(file)), quality: 60));

    private static RgbImage Decode(byte[] file) => new SkiaImageDecoder(new ImageLimits()).Decode(file);

    private static float[] Embed(BuiltInBackbone backbone, float[] image)
    {
        var embedding = new float[backbone.Info.Dimensions];
        backbone.Embed(image, embedding, TestContext.Current.CancellationToken);
        return embedding;
    }

    private sealed record Photo(string File, int Label, float[] Image);
}
