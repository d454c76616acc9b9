using CsCheck;
using DandelionMl.Imaging;
using DandelionMl.Tests.Imaging.Pictures;
using DandelionMl.Tests.Support;
using SkiaSharp;

namespace DandelionMl.Tests.Imaging;

/// <summary>Whatever the bytes, there is a picture or an <see cref="ImageDecodingException"/>, within the limits.</summary>
public sealed class SkiaImageDecoderFuzzTests
{
    private static readonly ImageLimits Limits = new() { MaxBytes = 1 << 20, MaxPixels = 1 << 20, MaxFrames = 10 };
    private static readonly SkiaImageDecoder Decoder = new(Limits);
    private static readonly byte[][] Originals = MakeOriginals();

    private static readonly byte[][] Signatures =
    [
        [], [0xFF, 0xD8, 0xFF], PngWriter.Signature,
        [.. "RIFF"u8, 30, 0, 0, 0, .. "WEBPVP8X"u8], [.. "RIFF"u8, 30, 0, 0, 0, .. "WEBPVP8L"u8],
        [.. PngWriter.Signature, .. PngWriter.Header(100, 100, 8, 6)],
    ];

    [Fact]
    public void Decode_random_bytes_never_fails_otherwise() =>
        Gen.Select(Gen.Int[0, Signatures.Length - 1], Gen.Byte.Array[0, 400]).SampleSeeded(
            sample => AssertPictureOrTypedError([.. Signatures[sample.Item1], .. sample.Item2]), count: 4_000);

    [Fact]
    public void Decode_png_of_random_compressed_data_never_fails_otherwise() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Byte.Array[1, 200]).SampleSeeded(
            sample => AssertPictureOrTypedError(
            [
                .. PngWriter.Signature, .. PngWriter.Header(sample.Item1, sample.Item2, 8, 6),
                .. PngWriter.Chunk("IDAT"u8, [0x78, 0x01, .. sample.Item3]),
            ]),
            count: 2_000);

    [Fact]
    public void Decode_mutated_file_never_fails_otherwise()
    {
        var mutation = Gen.Select(Gen.Double[0, 1], Gen.Byte);
        Gen.Select(Gen.Int[0, Originals.Length - 1], mutation.Array[1, 12], Gen.Bool).SampleSeeded(
            sample =>
            {
                var (original, mutations, nearStart) = sample;
                var file = Originals[original].ToArray();
                foreach (var (where, value) in mutations)
                {
                    file[(int)(where * (nearStart ? Math.Min(file.Length - 1, 300) : file.Length - 1))] = value;
                }

                AssertPictureOrTypedError(file);
            },
            count: 4_000);
    }

    [Fact]
    public void Decode_spliced_file_never_fails_otherwise() =>
        Gen.Select(Gen.Int[0, Originals.Length - 1], Gen.Double[0, 1], Gen.Int[0, Originals.Length - 1], Gen.Double[0, 1]).SampleSeeded(
            sample =>
            {
                var (first, keep, second, skip) = sample;
                AssertPictureOrTypedError(
                [
                    .. Originals[first][..(int)(keep * Originals[first].Length)],
                    .. Originals[second][(int)(skip * Originals[second].Length)..],
                ]);
            },
            count: 2_000);

    [Fact]
    public void Decode_file_cut_anywhere_never_gives_half_a_picture()
    {
        foreach (var original in Originals)
        {
            var whole = Decoder.Decode(original).Pixels;
            for (var length = 0; length < original.Length; length += 1 + (original.Length / 150))
            {
                if (TypedErrorOrResult(() => Decoder.Decode(original.AsSpan(0, length))) is { } image)
                {
                    Assert.True(whole.AsSpan().SequenceEqual(image.Pixels)); // Only what follows the pixels is missing.
                }
            }
        }
    }

    private static void AssertPictureOrTypedError(byte[] file)
    {
        TypedErrorOrResult(() => Decoder.ReadHeader(file));
        foreach (var minimumSide in (int[])[0, 5])
        {
            if (TypedErrorOrResult(() => Decoder.Decode(file, minimumSide)) is { } image)
            {
                Assert.InRange(image.Width * image.Height, 1, Limits.MaxPixels);
            }
        }
    }

    /// <summary>Null where the file is refused as it should be; any other error passes on and fails the test.</summary>
    private static T? TypedErrorOrResult<T>(Func<T> action)
        where T : class
    {
        try
        {
            return action();
        }
        catch (ImageDecodingException error)
        {
            Assert.NotEmpty(error.Message);
            return null;
        }
    }

    private static byte[][] MakeOriginals()
    {
        var photo = SyntheticPhoto.Create(61, 43, seed: 8);
        var lossless = WebPWriter.Encode(photo, SKWebpEncoderCompression.Lossless);
        return
        [
            ImageEncoder.ToJpeg(photo), Exif.IntoJpeg(ImageEncoder.ToJpeg(photo, 50), 6), FlatJpegWriter.Write([1, 2, 3, 4], 2),
            ImageEncoder.ToPng(photo), PngWriter.Write(1, 2, 16, 6, new byte[16]),
            WebPWriter.Encode(photo, SKWebpEncoderCompression.Lossy), lossless,
            WebPWriter.Animate(lossless, photo.Width, photo.Height, 3),
            WebPWriter.WithExif(lossless, photo.Width, photo.Height, Exif.Orientation(8)),
        ];
    }
}
