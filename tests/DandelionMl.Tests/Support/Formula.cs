using System.Text;

namespace DandelionMl.Tests.Support;

/// <summary>The deterministic values that the reference outputs were computed from: splitmix64 seeded by a tensor's name, see
/// <c>golden/README.md</c>.</summary>
internal static class Formula
{
    public static float[] Values(string name, int count, double centre, double scale)
    {
        var seed = 0xCBF29CE484222325ul;
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            seed = (seed ^ b) * 0x100000001B3ul;
        }

        var values = new float[count];
        for (var index = 0; index < count; index++)
        {
            var z = seed + ((ulong)(index + 1) * 0x9E3779B97F4A7C15ul);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ul;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBul;
            z ^= z >> 31;
            values[index] = (float)(centre + (scale * (((z >> 40) * Math.Pow(2, -24) * 2) - 1)));
        }

        return values;
    }
}
