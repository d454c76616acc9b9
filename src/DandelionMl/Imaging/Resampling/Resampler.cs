using System.Buffers;
using System.Runtime.Intrinsics;

namespace DandelionMl.Imaging.Resampling;

/// <summary>Resizes pictures as Pillow's <c>Image.resize</c> does, byte for byte: rows first, then columns, with 8-bit pixels
/// between. With a crop only what it needs is computed, which gives the same bytes as cropping afterwards.</summary>
internal static unsafe class Resampler
{
    /// <summary>Resizes into a new picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">Width of the whole result in pixels.</param>
    /// <param name="height">Height of the whole result in pixels.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="crop">The part of the result that is wanted; all of it by default.</param>
    public static RgbImage Resize(RgbImage image, int width, int height, ResamplingFilter filter, PixelWindow? crop = null)
    {
        var window = crop ?? new PixelWindow(0, 0, width, height);
        var pixels = GC.AllocateUninitializedArray<byte>(checked(window.Width * window.Height * 3));
        Resize(image, width, height, filter, window, pixels);
        return new RgbImage(window.Width, window.Height, pixels);
    }

    /// <summary>Resizes into memory of the caller's.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">Width of the whole result in pixels.</param>
    /// <param name="height">Height of the whole result in pixels.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="crop">The part of the result that is wanted.</param>
    /// <param name="target">Receives its R, G, B bytes, row-major.</param>
    public static void Resize(
        RgbImage image, int width, int height, ResamplingFilter filter, PixelWindow crop, Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, crop.Width * crop.Height * 3);
        ArgumentOutOfRangeException.ThrowIfNegative(crop.X);
        ArgumentOutOfRangeException.ThrowIfNegative(crop.Y);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(crop.X + crop.Width, width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(crop.Y + crop.Height, height);

        // An axis that keeps its size has one tap of weight 1 per output, so a pass over it would only copy.
        using var rows = new FilterTaps(filter, image.Height, height, crop.Y, crop.Height);
        fixed (byte* source = image.Pixels, result = target)
        {
            if (image.Width == width)
            {
                SumRows(source + (crop.X * 3L), image.Width * 3, firstRow: 0, rows, result, crop.Width * 3);
                return;
            }

            var stride = crop.Width * 3;
            var buffer = ArrayPool<byte>.Shared.Rent(
                checked(((rows.InputEnd - rows.InputStart) * stride) + ResamplingPasses.WriteAhead));
            fixed (byte* between = buffer)
            {
                using var columns = new FilterTaps(filter, image.Width, width, crop.X, crop.Width);
                SumColumns(source, image, rows.InputStart, rows.InputEnd, columns, between);
                SumRows(between, stride, rows.InputStart, rows, result, stride);
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void SumColumns(byte* source, RgbImage image, int firstRow, int endRow, FilterTaps columns, byte* target)
    {
        var stride = image.Width * 3L;
        for (var y = firstRow; y < endRow; y++, target += columns.Count * 3)
        {
            var bytesAfterRow = (image.Height - 1 - y) * stride;
            if (Vector128.IsHardwareAccelerated && bytesAfterRow >= ResamplingPasses.ReadAhead)
            {
                ResamplingPasses.HorizontalVectorised(source + (y * stride), columns, target);
            }
            else
            {
                ResamplingPasses.Horizontal(source + (y * stride), columns, target);
            }
        }
    }

    private static void SumRows(byte* source, int stride, int firstRow, FilterTaps rows, byte* target, int length)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var weights = rows.Weights(i, out var start);
            ResamplingPasses.Vertical(
                source + ((long)(start - firstRow) * stride), stride, weights, target + ((long)i * length), length);
        }
    }
}
