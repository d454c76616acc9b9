namespace DandelionMl.Benchmarks;

internal static class Gaussian
{
    /// <summary>A value of the standard normal distribution, by Box and Muller.</summary>
    public static double NextGaussian(this Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
