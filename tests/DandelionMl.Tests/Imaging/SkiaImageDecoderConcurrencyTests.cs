using DandelionMl.Imaging;
using DandelionMl.Tests.Imaging.Pictures;
using SkiaSharp;

namespace DandelionMl.Tests.Imaging;

public sealed class SkiaImageDecoderConcurrencyTests
{
    [Fact]
    public async Task Decode_and_prepare_from_many_tasks_gives_what_one_alone_gives()
    {
        var decoder = new SkiaImageDecoder(new ImageLimits());
        var preprocessing = Preprocessing.EvalBicubicCrop224;
        byte[][] files =
        [
            ImageEncoder.ToJpeg(SyntheticPhoto.Create(900, 700, seed: 1)),
            ImageEncoder.ToJpeg(SyntheticPhoto.Create(200, 300, seed: 2)),
            ImageEncoder.ToPng(SyntheticPhoto.Create(257, 129, seed: 3)),
            WebPWriter.Encode(SyntheticPhoto.Create(140, 260, seed: 4), SKWebpEncoderCompression.Lossy),
        ];
        var alone = files.Select(Prepare).ToArray();

        var cancellation = TestContext.Current.CancellationToken;
        var together = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(i => Task.Run(() => Prepare(files[i % files.Length]), cancellation)));

        for (var i = 0; i < together.Length; i++)
        {
            Assert.True(alone[i % files.Length].AsSpan().SequenceEqual(together[i]));
        }

        float[] Prepare(byte[] file)
        {
            var tensor = new float[preprocessing.TensorLength];
            preprocessing.Apply(decoder.Decode(file, preprocessing.MinimumSide), tensor);
            return tensor;
        }
    }
}
