using DandelionMl.Imaging;

namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>Pictures that are nothing like a meadow.</summary>
internal static class Drawings
{
    /// <summary>A photo as a phone held upright takes it: its pixels lie on their side, and a note in the file says so.</summary>
    public static byte[] OnItsSide(int width, int height)
    {
        var photo = ImageEncoder.ToJpeg(new RgbImage(width, height, new byte[width * height * 3]));
        byte[] note =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
        ];
        return [.. photo[..2], .. note, .. photo[2..]];
    }

    /// <summary>Noise, as a JPEG.</summary>
    public static byte[] Noise(int seed, int side = 96)
    {
        var pixels = new byte[side * side * 3];
        new Random(seed).NextBytes(pixels);
        return ImageEncoder.ToJpeg(new RgbImage(side, side, pixels));
    }

    /// <summary>Magenta and white stripes, as a PNG.</summary>
    public static byte[] Stripes()
    {
        const int side = 192;
        var pixels = new byte[side * side * 3];
        for (var pixel = 0; pixel < side * side; pixel++)
        {
            var isWhite = pixel % side / 12 % 2 == 0;
            (pixels[3 * pixel], pixels[(3 * pixel) + 1], pixels[(3 * pixel) + 2]) = isWhite ? ((byte)255, (byte)255, (byte)255) : ((byte)230, (byte)0, (byte)200);
        }

        return ImageEncoder.ToPng(new RgbImage(side, side, pixels));
    }
}
