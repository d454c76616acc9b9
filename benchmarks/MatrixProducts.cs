using System.Diagnostics;
using DandelionMl.Backbones;
using DandelionMl.DinoV2.Native;
using TorchSharp;

namespace DandelionMl.Benchmarks;

/// <summary>The single-precision matrix products of ViT-S/14 alone, by libtorch: the most that its backbone could reach here.</summary>
internal static class MatrixProducts
{
    private const int Blocks = 12;
    private const int Tokens = 257;
    private const int Width = 384;
    private const int Patches = 256;
    private const int PatchValues = 14 * 14 * 3;
    private const int Repeats = 40;

    // Rows of a product for each token, and its columns: queries, keys and values; projection; the two layers of the perceptron.
    private static readonly (int In, int Out)[] Shapes = [(Width, 3 * Width), (Width, Width), (Width, 4 * Width), (4 * Width, Width)];

    /// <summary>Multiplications and additions of one photo's pass, products alone, in units of 10⁹.</summary>
    public static double GigaflopPerPhoto =>
        2e-9 * ((Blocks * (((double)Tokens * Shapes.Sum(shape => (long)shape.In * shape.Out)) + (2.0 * Tokens * Tokens * Width)))
            + ((double)Patches * PatchValues * Width));

    /// <summary>The speed of the network's four products, each as often as the others, rows shared out among threads that use one thread inside
    /// libtorch.</summary>
    /// <param name="batch">Photos in a pass.</param>
    /// <param name="threads">Threads.</param>
    /// <returns>10⁹ multiplications and additions a second, the median of some turns.</returns>
    /// <exception cref="BackboneUnavailableException">libtorch can't be loaded here.</exception>
    public static double MeasureGigaflopPerSecond(int batch, int threads)
    {
        TorchRuntime.EnsureLoaded();
        TorchRuntime.LimitThreads();
        var rows = batch * Tokens / threads;
        var work = 2e-9 * threads * rows * Shapes.Sum(shape => (long)shape.In * shape.Out);
        using var turn = new Barrier(threads);
        var seconds = new double[Repeats];
        var team = Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            using var noGradients = torch.no_grad();
            var products = Shapes.Select(shape => (Input: torch.rand(rows, shape.In), Weight: torch.rand(shape.In, shape.Out))).ToList();
            for (var repeat = 0; repeat < Repeats; repeat++)
            {
                turn.SignalAndWait();
                var start = Stopwatch.GetTimestamp();
                products.ForEach(product => torch.mm(product.Input, product.Weight).Dispose());
                turn.SignalAndWait();
                if (number == 0)
                {
                    seconds[repeat] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                }
            }

            foreach (var (input, weight) in products)
            {
                input.Dispose();
                weight.Dispose();
            }
        })).ToList();
        team.ForEach(thread => thread.Start());
        team.ForEach(thread => thread.Join());
        return work / seconds.Order().ElementAt(Repeats / 2);
    }
}
