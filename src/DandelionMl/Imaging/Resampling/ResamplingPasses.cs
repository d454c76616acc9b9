using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DandelionMl.Imaging.Resampling;

/// <summary>The two passes of a separable resampling over 8-bit R, G, B pixels. Sums are exact in 32 bits and rounded once at
/// the end of a pass, as in Pillow, so the vectorised and the plain loops give the same bytes.</summary>
internal static unsafe class ResamplingPasses
{
    private const int Half = 1 << (FilterTaps.PrecisionBits - 1);

    /// <summary>Bytes after a row that <see cref="HorizontalVectorised"/> may read: of a group of four pixels that begins with the
    /// row's last, and of the 16 bytes loaded for its 12.</summary>
    public const int ReadAhead = (3 * 3) + 4;

    /// <summary>Bytes after the resampled row that <see cref="HorizontalVectorised"/> writes rubbish to.</summary>
    public const int WriteAhead = 1;

    // Four vectors, so that their products overlap.
    private const int ColumnsAtOnce = 64;

    /// <summary>Resamples one row.</summary>
    public static void Horizontal(byte* source, FilterTaps taps, byte* target)
    {
        for (var i = 0; i < taps.Count; i++, target += 3)
        {
            var weights = taps.Weights(i, out var start);
            SumPixels(source + (start * 3L), weights, target);
        }
    }

    /// <summary>The same, faster, where <see cref="ReadAhead"/> bytes can be read after the row and <see cref="WriteAhead"/>
    /// written.</summary>
    public static void HorizontalVectorised(byte* source, FilterTaps taps, byte* target)
    {
        for (var i = 0; i < taps.Count; i++, target += 3)
        {
            var weights = taps.PaddedWeights(i, out var start);
            SumPixelsVectorised(source + (start * 3L), weights, target);
        }
    }

    /// <summary>Makes one row out of several.</summary>
    /// <param name="source">The row that the first weight belongs to.</param>
    /// <param name="stride">Bytes from a row to the next.</param>
    /// <param name="weights">The rows' weights.</param>
    /// <param name="target">Receives the row.</param>
    /// <param name="length">Its bytes.</param>
    public static void Vertical(byte* source, int stride, ReadOnlySpan<int> weights, byte* target, int length)
    {
        var done = 0;
        if (Avx512F.IsSupported)
        {
            for (; done + ColumnsAtOnce <= length; done += ColumnsAtOnce)
            {
                SumRows512(source + done, stride, weights, target + done);
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            for (; done + Vector128<byte>.Count <= length; done += Vector128<byte>.Count)
            {
                SumRowsVectorised(source + done, stride, weights, target + done);
            }
        }

        for (; done < length; done++)
        {
            var sum = Half;
            for (var row = 0; row < weights.Length; row++)
            {
                sum += source[done + ((long)row * stride)] * weights[row];
            }

            target[done] = Round(sum);
        }
    }

    private static void SumPixels(byte* source, ReadOnlySpan<int> weights, byte* target)
    {
        int red = Half, green = Half, blue = Half;
        foreach (var weight in weights)
        {
            red += source[0] * weight;
            green += source[1] * weight;
            blue += source[2] * weight;
            source += 3;
        }

        (target[0], target[1], target[2]) = (Round(red), Round(green), Round(blue));
    }

    private static void SumPixelsVectorised(byte* source, ReadOnlySpan<int> weights, byte* target)
    {
        // Four pixels a turn, each in a vector of R, G, B and a lane that is not used.
        var spread = Vector128.Create((byte)0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255);
        if (Avx512F.IsSupported)
        {
            // Their weights, four times each.
            var repeat = Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
            var sums = Vector512<int>.Zero;
            ref var weight = ref MemoryMarshal.GetReference(weights);
            for (var i = 0; i + FilterTaps.Group <= weights.Length; i += FilterTaps.Group, source += 12)
            {
                var pixels = Avx512F.ConvertToVector512Int32(Vector128.Shuffle(Vector128.Load(source), spread));
                var four = Vector128.LoadUnsafe(ref weight, (nuint)i).ToVector256Unsafe().ToVector512Unsafe();
                sums += pixels * Avx512F.PermuteVar16x32(four, repeat);
            }

            var eight = sums.GetLower() + sums.GetUpper();
            StorePixel(eight.GetLower() + eight.GetUpper() + Vector128.Create(Half), target);
            return;
        }

        var even = Vector128.Create(Half);
        var odd = Vector128<int>.Zero;
        for (var i = 0; i + FilterTaps.Group <= weights.Length; i += FilterTaps.Group, source += 12)
        {
            var (low, high) = Vector128.Widen(Vector128.Shuffle(Vector128.Load(source), spread));
            even += Vector128.WidenLower(low).AsInt32() * weights[i];
            odd += Vector128.WidenUpper(low).AsInt32() * weights[i + 1];
            even += Vector128.WidenLower(high).AsInt32() * weights[i + 2];
            odd += Vector128.WidenUpper(high).AsInt32() * weights[i + 3];
        }

        StorePixel(even + odd, target);
    }

    private static void StorePixel(Vector128<int> sum, byte* target)
    {
        var rounded = Round(sum).AsUInt32();
        var bytes = Vector128.Narrow(Vector128.Narrow(rounded, rounded), default);
        Unsafe.WriteUnaligned(target, bytes.AsUInt32().ToScalar());
    }

    private static void SumRows512(byte* source, int stride, ReadOnlySpan<int> weights, byte* target)
    {
        var sum0 = Vector512.Create(Half);
        var (sum1, sum2, sum3) = (sum0, sum0, sum0);
        foreach (var weight in weights)
        {
            var factor = Vector512.Create(weight);
            sum0 += Avx512F.ConvertToVector512Int32(Vector128.Load(source)) * factor;
            sum1 += Avx512F.ConvertToVector512Int32(Vector128.Load(source + 16)) * factor;
            sum2 += Avx512F.ConvertToVector512Int32(Vector128.Load(source + 32)) * factor;
            sum3 += Avx512F.ConvertToVector512Int32(Vector128.Load(source + 48)) * factor;
            source += stride;
        }

        Narrow(sum0).Store(target);
        Narrow(sum1).Store(target + 16);
        Narrow(sum2).Store(target + 32);
        Narrow(sum3).Store(target + 48);
    }

    private static Vector128<byte> Narrow(Vector512<int> sum) =>
        Avx512F.ConvertToVector128ByteWithSaturation(Vector512.Max(sum >> FilterTaps.PrecisionBits, Vector512<int>.Zero).AsUInt32());

    private static void SumRowsVectorised(byte* source, int stride, ReadOnlySpan<int> weights, byte* target)
    {
        var sum0 = Vector128.Create(Half);
        var (sum1, sum2, sum3) = (sum0, sum0, sum0);
        foreach (var weight in weights)
        {
            var (low, high) = Vector128.Widen(Vector128.Load(source));
            sum0 += Vector128.WidenLower(low).AsInt32() * weight;
            sum1 += Vector128.WidenUpper(low).AsInt32() * weight;
            sum2 += Vector128.WidenLower(high).AsInt32() * weight;
            sum3 += Vector128.WidenUpper(high).AsInt32() * weight;
            source += stride;
        }

        Vector128.Narrow(
            Vector128.Narrow(Round(sum0).AsUInt32(), Round(sum1).AsUInt32()),
            Vector128.Narrow(Round(sum2).AsUInt32(), Round(sum3).AsUInt32())).Store(target);
    }

    private static byte Round(int sum) => (byte)Math.Clamp(sum >> FilterTaps.PrecisionBits, 0, 255);

    private static Vector128<int> Round(Vector128<int> sum) =>
        Vector128.Min(Vector128.Max(sum >> FilterTaps.PrecisionBits, Vector128<int>.Zero), Vector128.Create(255));
}
