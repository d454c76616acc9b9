using DandelionMl.Backbones;
using DandelionMl.Imaging;
using DandelionMl.Onnx.Graphs;
using DandelionMl.Onnx.Pictures;
using DandelionMl.Onnx.Tests.Support;
using DandelionMl.Tests.Support;

namespace DandelionMl.Onnx.Tests.Pictures;

public sealed class GivenPreprocessingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("squash-bilinear-224")]
    [InlineData("eval-bicubic-crop-224")]
    [InlineData("squash-unit-96")]
    public void Named_gives_the_librarys_own_for_its_ids(string id) => Assert.Same(Preprocessing.All.Single(known => known.Id == id), GivenPreprocessing.Named(id));

    [Fact]
    public void Named_does_in_other_sizes_what_the_librarys_own_do_in_theirs()
    {
        // The same steps under an id that tells them, so that the library's own is not found by its name.
        AssertSame(Preprocessing.SquashBilinear224, "steps-224x224-edge0-bilinear-scale0.003921569-mean0.485_0.456_0.406-std0.229_0.224_0.225");
        AssertSame(Preprocessing.EvalBicubicCrop224, "steps-224x224-edge256-bicubic-scale0.003921569-mean0.485_0.456_0.406-std0.229_0.224_0.225");
        AssertSame(Preprocessing.SquashUnit96, "steps-96x96-edge0-bilinear-scale0.003921569-mean0_0_0-std1_1_1");

        static void AssertSame(Preprocessing expected, string id)
        {
            var (one, other) = (Apply(expected), Apply(GivenPreprocessing.Named(id)));
            Assert.All(one.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Theory]
    [InlineData("squash-raw-8", 0f, 255f)]
    [InlineData("squash-unit-8", 0f, 1f)]
    [InlineData("squash-signed-8", -1f, 1f)]
    public void Named_scales_black_and_white(string id, float black, float white)
    {
        var preprocessing = GivenPreprocessing.Named(id);

        foreach (var (value, expected) in new[] { ((byte)0, black), ((byte)255, white) })
        {
            var tensor = new float[preprocessing.TensorLength];
            preprocessing.Apply(new RgbImage(20, 10, [.. Enumerable.Repeat(value, 600)]), tensor);
            Assert.All(tensor, actual => Assert.Equal(expected, actual, 1e-5f));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("squash-bilinear-0")]
    [InlineData("squash-bilinear-2049")]
    [InlineData("eval-unit-crop-224")]
    [InlineData("steps-8x8-edge0-bilinear-scale1-mean0_0_0-std1_1")]
    public void Named_refuses_an_unknown_id_and_lists_those_there_are(string id)
    {
        var error = Assert.Throws<UnusableGraphException>(() => GivenPreprocessing.Named(id));

        Assert.Contains($"no preprocessing '{id}'. There are: squash-bilinear-N", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_says_its_preprocessing_in_its_metadata()
    {
        using var backbone = Load(ShapedGraphs.Plain("n").Metadata("preprocessing", "squash-raw-8"), "net.onnx");

        Assert.Equal("squash-raw-8", backbone.Info.Preprocessing.Id);
    }

    [Theory]
    [InlineData("preprocessor_config.json")]
    [InlineData("onnx/preprocessor_config.json")]
    public void Image_processors_file_beside_the_model_or_one_folder_up_is_followed(string place)
    {
        // DINOv2's.
        _folder.Write(place, """
            {
              "crop_size": { "height": 8, "width": 8 }, "do_center_crop": true, "do_convert_rgb": true, "do_normalize": true,
              "do_rescale": true, "do_resize": true, "image_mean": [0.485, 0.456, 0.406], "image_processor_type": "BitImageProcessor",
              "image_std": [0.229, 0.224, 0.225], "resample": 3, "rescale_factor": 0.00392156862745098, "size": { "shortest_edge": 9 }
            }
            """u8.ToArray());

        using var backbone = Load(ShapedGraphs.Plain("n"), "onnx/net.onnx");

        Assert.Equal("eval-bicubic-crop-8", backbone.Info.Preprocessing.Id);
    }

    [Fact]
    public void Image_processors_file_of_its_own_numbers_gives_an_id_that_tells_them()
    {
        // SigLIP's steps with numbers of CLIP's.
        _folder.Write("preprocessor_config.json", """
            { "do_resize": true, "size": { "height": 8, "width": 8 }, "resample": 3, "do_rescale": true, "rescale_factor": 0.00392156862745098,
              "do_normalize": true, "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711] }
            """u8.ToArray());

        using var backbone = Load(ShapedGraphs.Plain("n"), "net.onnx");

        var id = backbone.Info.Preprocessing.Id;
        Assert.Equal("steps-8x8-edge0-bicubic-scale0.003921569-mean0.48145467_0.4578275_0.40821072-std0.26862955_0.2613026_0.2757771", id);
        Assert.Equal(Apply(backbone.Info.Preprocessing), Apply(GivenPreprocessing.Named(id)));
    }

    [Theory]
    [InlineData("""{ "do_resize": true, "size": { "shortest_edge": 9 } }""", "resizes the shorter side and does not cut")]
    [InlineData("""{ "size": { "height": 8, "width": 8 }, "resample": 1 }""", "Pillow's filter 1")]
    [InlineData("""{ "size": { "height": 99999, "width": 8 } }""", "8 × 99999 pixels is not supported")]
    [InlineData("""{ "do_resize": false }""", "does not resize")]
    [InlineData("""{ "size": 8, "image_mean": [0.5], "image_std": [0.5] }""", "image_mean is not for three channels")]
    [InlineData("""{}""", "can't be followed")]
    [InlineData("""[""", "can't be followed")]
    public void Image_processors_file_that_can_not_be_followed_is_told(string file, string why)
    {
        _folder.Write("preprocessor_config.json", System.Text.Encoding.UTF8.GetBytes(file));

        var error = Assert.Throws<BackboneUnavailableException>(() => Load(ShapedGraphs.Plain("n"), "net.onnx"));

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains("Name the preprocessing yourself", error.Message, StringComparison.Ordinal);
    }

    private OnnxBackbone Load(TinyGraph graph, string name) =>
        OnnxBackbone.Load("tiny", new OnnxBackboneOptions { Path = _folder.Write(name, graph.ToModel()) });

    private static float[] Apply(Preprocessing preprocessing)
    {
        var tensor = new float[preprocessing.TensorLength];
        preprocessing.Apply(
            new RgbImage(300, 200, [.. Enumerable.Range(0, 300 * 200 * 3).Select(i => (byte)((i / 7) + (i % 3 * 50)))]), tensor);
        return tensor;
    }
}
