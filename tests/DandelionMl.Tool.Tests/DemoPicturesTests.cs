using System.Numerics.Tensors;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Imaging;
using DandelionMl.Tool.Demo;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests;

public sealed class DemoPicturesTests
{
    [Fact]
    public void Draw_pictures_and_samples_are_distinct_photos_by_the_products_own_rule()
    {
        using var folder = new TempFolder();
        DemoPictures.Draw(folder["pictures"], DemoDataset.PicturesPerClass, seed: 1, TestContext.Current.CancellationToken);
        DemoPictures.Draw(folder["samples"], perClass: 2, seed: 2, TestContext.Current.CancellationToken);
        using var backbone = BuiltInBackbone.Load();
        var files = Directory.EnumerateFiles(folder.Path, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();

        var embeddings = files.AsParallel().AsOrdered().Select(file => Embed(backbone, file)).ToArray();

        var alike = new List<string>();
        for (var index = 0; index < files.Length; index++)
        {
            for (var earlier = 0; earlier < index; earlier++)
            {
                var similarity = TensorPrimitives.CosineSimilarity<float>(embeddings[index], embeddings[earlier]);
                if (similarity >= backbone.Info.DuplicateThreshold)
                {
                    alike.Add($"{Path.GetFileName(files[earlier])} and {Path.GetFileName(files[index])} {similarity:0.000}");
                }
            }
        }

        Assert.Equal(204, files.Length);
        Assert.True(alike.Count == 0, $"{alike.Count} pairs count as one photo: {string.Join(", ", alike.Take(10))}");
    }

    private static float[] Embed(BuiltInBackbone backbone, string file)
    {
        var photo = new SkiaImageDecoder(new ImageLimits()).Decode(File.ReadAllBytes(file));
        var image = new float[backbone.Info.Preprocessing.TensorLength];
        backbone.Info.Preprocessing.Apply(photo, image);
        var embedding = new float[backbone.Info.Dimensions];
        backbone.Embed(image, embedding, TestContext.Current.CancellationToken);
        return embedding;
    }
}
