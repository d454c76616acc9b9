using CsCheck;

namespace DandelionMl.Tests.Support;

internal static class SeededSamples
{
    /// <summary>Checks generated samples, the same ones in every run: <c>Sample</c>'s own seed fixes only the first.</summary>
    public static void SampleSeeded<T>(this Gen<T> generator, Action<T> check, int count, ulong seed = 1)
    {
        var random = new PCG(stream: 1, seed);
        for (var i = 0; i < count; i++)
        {
            var sample = generator.Generate(random, null, out _);
            try
            {
                check(sample);
            }
            catch (Exception error)
            {
                Assert.Fail($"Sample {i} of seed {seed}, {Check.Print(sample)}: {error}");
            }
        }
    }
}
