using DandelionMl.Imaging;
using SkiaSharp;

namespace DandelionMl.Tests.Imaging;

/// <summary>Colour profiles: applied for people, not for networks.</summary>
public sealed class DisplayColoursTests
{
    private static readonly IImageDecoder Decoder = new SkiaImageDecoder(new ImageLimits());
    private static readonly byte[] Stored = [200, 120, 80];

    // 200, 120, 80 of Adobe RGB (1998), by its curve and primaries.
    private static readonly byte[] InSrgb = [224, 121, 77];

    [Fact]
    public void Picture_in_Adobe_RGB_is_stored_values_to_a_network_and_true_colours_to_people()
    {
        var photo = InAdobeRgb();

        AssertNear(Stored, Decoder.Decode(photo));
        AssertNear(InSrgb, Decoder.DecodeForDisplay(photo));
        AssertNear(InSrgb, Decoder.Decode(Decoder.ToJpeg(photo, maxSide: 16)));
    }

    [Fact]
    public void Photo_scaled_down_to_train_on_keeps_its_values_and_its_profile()
    {
        var training = Decoder.ToTrainingJpeg(InAdobeRgb(), maxSide: 16, quality: 95);

        AssertNear(Stored, Decoder.Decode(training));
        AssertNear(InSrgb, Decoder.DecodeForDisplay(training));
    }

    [Fact]
    public void Picture_without_a_profile_is_the_same_for_both()
    {
        var photo = ImageEncoder.ToJpeg(Flat(), quality: 95);

        Assert.Equal(Decoder.Decode(photo).Pixels, Decoder.DecodeForDisplay(photo).Pixels);
        Assert.Null(ColourProfile.Of(photo));
    }

    private static byte[] InAdobeRgb()
    {
        using var colours = SKColorSpace.CreateRgb(SKColorSpaceTransferFn.TwoDotTwo, SKColorSpaceXyz.AdobeRgb);
        return ImageEncoder.ToJpeg(Flat(), quality: 95, colours);
    }

    private static RgbImage Flat() => new(32, 32, [.. Enumerable.Range(0, 32 * 32).SelectMany(_ => Stored)]);

    private static void AssertNear(byte[] expected, RgbImage actual) =>
        Assert.All(expected.Zip(actual.Pixels), channel => Assert.InRange(channel.Second, channel.First - 3, channel.First + 3));
}
