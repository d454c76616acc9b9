namespace DandelionMl.Imaging.Resampling;

/// <summary>The filters of Pillow's <c>Image.resize</c> that are used here.</summary>
internal enum ResamplingFilter
{
    /// <summary>Triangle, support 1.</summary>
    Bilinear,

    /// <summary>Cubic convolution with a = -0.5 (Keys 1981), support 2.</summary>
    Bicubic,
}

internal static class ResamplingFilterExtensions
{
    /// <summary>Distance, in pixels of the coarser grid, beyond which the filter is 0.</summary>
    public static double Support(this ResamplingFilter filter) => filter == ResamplingFilter.Bilinear ? 1 : 2;

    public static double Evaluate(this ResamplingFilter filter, double distance)
    {
        const double A = -0.5;
        var x = Math.Abs(distance);
        if (filter == ResamplingFilter.Bilinear)
        {
            return x < 1 ? 1 - x : 0;
        }

        return x < 1 ? ((((A + 2) * x) - (A + 3)) * x * x) + 1
            : x < 2 ? ((((((x - 5) * x) + 8) * x) - 4) * A)
            : 0;
    }
}
