using System.Numerics.Tensors;
using DandelionMl.Backbones;
using DandelionMl.Benchmarks.Backbones;
using DandelionMl.Benchmarks.BuiltIn;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using DandelionMl.Onnx;
using DandelionMl.Onnx.Graphs;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.ResNet18.Tests;

public sealed class ResNet18BackboneTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Load_gives_512_values_from_the_packages_own_files()
    {
        using var backbone = ResNet18Backbone.Load();

        // The file of Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1: another one gives other embeddings, under another id.
        Assert.Equal("e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f", backbone.Info.WeightsSha256);
        Assert.Equal(("resnet18-imagenet", 512, "squash-mean-picture-224"), (backbone.Info.Id, backbone.Info.Dimensions, backbone.Info.Preprocessing.Id));
    }

    [Fact]
    public void Preprocessing_is_that_of_the_packages_graph()
    {
        var graph = ResNet18Backbone.Resource("ResNetPreprocess.onnx");
        using var session = Session.Open(graph, new OnnxBackboneOptions());
        var picture = new RgbImage(224, 224, [.. Enumerable.Range(0, 3 * 224 * 224).Select(i => (byte)(i * 7919L % 256))]);
        var raw = new float[3 * 224 * 224];
        for (var i = 0; i < raw.Length; i++)
        {
            raw[(i % 3 * 224 * 224) + (i / 3)] = picture.Pixels[i];
        }

        var (expected, actual) = (new float[raw.Length], new float[raw.Length]);
        session.Run("OriginalInput", [1, 3, 224, 224], raw, "PreprocessedInput", (_, values) => values.CopyTo(expected), Token);
        MeanPicturePreprocessing.Read(graph).Apply(picture, actual);

        Assert.InRange(TensorPrimitives.Distance<float>(expected, actual), 0, 1e-2f);
    }

    [Fact]
    public void Embed_gives_a_picture_the_same_alone_and_among_others()
    {
        using var backbone = ResNet18Backbone.Load();
        var length = backbone.Info.Preprocessing.TensorLength;
        var images = new float[3 * length];
        for (var i = 0; i < images.Length; i++)
        {
            images[i] = (float)(100 * Math.Sin(i * 0.01 * (1 + (i / length))));
        }

        var together = new float[3 * 512];
        backbone.Embed(images, together, Token);
        for (var i = 0; i < 3; i++)
        {
            var alone = new float[512];
            backbone.Embed(images.AsSpan(i * length, length), alone, Token);
            Assert.InRange(TensorPrimitives.CosineSimilarity<float>(alone, together.AsSpan(i * 512, 512)), 0.99999f, 1.00001f);
        }
    }

    [Fact]
    public void Labels_of_photos_are_told_apart_by_logistic_regression()
    {
        var photos = LabelledPhotos.Read(SharedFiles.Require("data/dandelion-grass"));
        using var backbone = ResNet18Backbone.Load();
        var embeddings = photos.Files.Select(file =>
        {
            var (input, features) = (new float[backbone.Info.Preprocessing.TensorLength], new float[512]);
            backbone.Info.Preprocessing.Apply(LabelledPhotos.Decode(file), input);
            backbone.Embed(input, features, Token);
            return features;
        }).ToArray();

        var result = CrossValidation.Run(embeddings, [.. photos.Labels], repeats: 1, folds: 5);

        Assert.InRange(result.Accuracy, 0.94, 1);
    }

    [Fact]
    public async Task AddResNet18_new_data_directory_uses_it_and_one_that_has_a_backbone_keeps_that()
    {
        using var folder = new TemporaryFolder();
        await using var before = Build(folder.Sub("old"), builder => builder);
        Assert.Equal("built-in-v1", await SelectAsync(before));
        await before.DisposeAsync();

        await using var old = Build(folder.Sub("old"), builder => builder.AddResNet18());
        await using var fresh = Build(folder.Sub("fresh"), builder => builder.AddResNet18());

        Assert.Equal("built-in-v1", await SelectAsync(old));
        Assert.Equal("resnet18-imagenet", await SelectAsync(fresh));
    }

    [Fact]
    public async Task AddResNet18_twice_adds_it_once()
    {
        using var folder = new TemporaryFolder();
        await using var provider = Build(folder.Sub("data"), builder => builder.AddResNet18().AddResNet18());

        Assert.Equal(["built-in-v1", "resnet18-imagenet"], provider.GetRequiredService<IBackboneProvider>().Available.Select(backbone => backbone.Id));
    }

    private static async Task<string> SelectAsync(ServiceProvider provider) =>
        (await provider.GetRequiredService<BackboneSelection>().SelectAsync(cancellationToken: Token)).Info.Id;

    private static ServiceProvider Build(string dataDirectory, Func<DandelionMlBuilder, DandelionMlBuilder> add)
    {
        var services = new ServiceCollection();
        add(services.AddDandelionMl(options => options.DataDirectory = dataDirectory));
        return services.BuildServiceProvider();
    }
}
