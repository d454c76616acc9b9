using System.Numerics.Tensors;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;
using SkiaSharp;

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
            var head = TrainHead([.. train.Select(photo => Embed(backbone, photo.Image))], [.. train.Select(photo => photo.Label)]);
            right += test.Count(photo => TensorPrimitives.Dot<float>(head, Embed(backbone, photo.Image)) > 0 == (photo.Label == 1));
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
                using var bitmap = SKBitmap.Decode(file);
                photos.Add(new Photo(file, label, SyntheticPhotos.Preprocess(FromBitmap(bitmap))));
            }
        }

        return photos;
    }

    private static RgbImage Reencode(string file)
    {
        using var bitmap = SKBitmap.Decode(file);
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Jpeg, 60);
        using var decoded = SKBitmap.Decode(encoded);
        return FromBitmap(decoded);
    }

    private static RgbImage FromBitmap(SKBitmap bitmap)
    {
        var pixels = bitmap.Pixels;
        byte[] values = [.. pixels.SelectMany(pixel => (byte[])[pixel.Red, pixel.Green, pixel.Blue])];
        return new RgbImage(bitmap.Width, bitmap.Height, values);
    }

    private static float[] Embed(BuiltInBackbone backbone, float[] image)
    {
        var embedding = new float[backbone.Info.Dimensions];
        backbone.Embed(image, embedding, TestContext.Current.CancellationToken);
        return embedding;
    }

    /// <summary>Logistic regression by full-batch Adam at a rate of 0.003; the classes are of one size, so there is no
    /// bias.</summary>
    private static float[] TrainHead(float[][] embeddings, int[] labels)
    {
        var length = embeddings[0].Length;
        var (weights, first, second) = (new float[length], new float[length], new float[length]);
        for (var step = 1; step <= 50; step++)
        {
            var gradient = new float[weights.Length];
            for (var i = 0; i < labels.Length; i++)
            {
                var residual = 1 / (1 + MathF.Exp(-TensorPrimitives.Dot<float>(weights, embeddings[i]))) - labels[i];
                TensorPrimitives.MultiplyAdd(embeddings[i], residual / labels.Length, gradient, gradient);
            }

            for (var k = 0; k < weights.Length; k++)
            {
                first[k] = 0.9f * first[k] + 0.1f * gradient[k];
                second[k] = 0.999f * second[k] + 0.001f * gradient[k] * gradient[k];
                var mean = first[k] / (1 - MathF.Pow(0.9f, step));
                weights[k] -= 0.003f * mean / (MathF.Sqrt(second[k] / (1 - MathF.Pow(0.999f, step))) + 1e-8f);
            }
        }

        return weights;
    }

    private sealed record Photo(string File, int Label, float[] Image);
}
