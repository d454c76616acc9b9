using DandelionMl.Imaging;

namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>Pictures that are nothing like a meadow.</summary>
internal static class Drawings
{
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
