using System.Text.Json;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Imaging;

/// <summary>Pictures of kinds that cameras, programs and browsers make, beside what Pillow gives for them.</summary>
public sealed class OddPicturesTests
{
    private const int Tolerance = 6;

    private static readonly SkiaImageDecoder Decoder = new(new ImageLimits());

    [Fact]
    public void Each_picture_is_read_as_by_the_reference_or_refused_by_its_name()
    {
        var folder = SharedFiles.Require("data/odd-pictures");
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));

        Assert.Equal([], expected.RootElement.EnumerateArray()
            .Select(picture => Compare(File.ReadAllBytes(Path.Combine(folder, Text(picture, "file")!)), picture) is { } difference
                ? $"{Text(picture, "file")}: {difference}"
                : null)
            .OfType<string>());
    }

    private static string? Compare(byte[] file, JsonElement expected)
    {
        var status = expected.GetProperty("status").GetInt32();
        try
        {
            var image = Decoder.Decode(file);
            var display = Decoder.DecodeForDisplay(file);
            Assert.Equal((image.Width, image.Height), (display.Width, display.Height));
            return status != 200 ? "read" : CompareSize(image, expected) ?? CompareColours(image, expected);
        }
        catch (ImageDecodingException exception)
        {
            var actual = exception.Reason switch
            {
                ImageDecodingFailure.TooLarge => 413,
                ImageDecodingFailure.UnsupportedFormat => 415,
                _ => 422,
            };
            return actual != status || !exception.Message.StartsWith(Text(expected, "named") ?? "", StringComparison.Ordinal)
                ? exception.Message
                : null;
        }
    }

    private static string? CompareSize(RgbImage image, JsonElement expected) =>
        (image.Width, image.Height) == (expected.GetProperty("width").GetInt32(), expected.GetProperty("height").GetInt32())
            ? null
            : $"{image.Width} × {image.Height}";

    private static string? CompareColours(RgbImage image, JsonElement expected)
    {
        if (!expected.TryGetProperty("quarters", out var quarters))
        {
            return null;
        }

        (int X, int Y)[] places = [(1, 1), (3, 1), (1, 3), (3, 3)];
        foreach (var (place, quarter) in places.Zip(quarters.EnumerateArray()))
        {
            var at = (((image.Height * place.Y / 4) * image.Width) + (image.Width * place.X / 4)) * 3;
            var actual = image.Pixels.AsSpan(at, 3).ToArray();
            if (actual.Zip(quarter.EnumerateArray()).Any(channel => Math.Abs(channel.First - channel.Second.GetInt32()) > Tolerance))
            {
                return $"{string.Join(' ', actual)} in place of {quarter} at {place}";
            }
        }

        return null;
    }

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;
}
