using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using DandelionMl.DinoV2;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;
using Microsoft.ML.OnnxRuntime;

namespace DandelionMl.Benchmarks;

/// <summary>Embeddings per second of <see cref="DinoV2Backbone"/> beside ONNX Runtime: the same network (ViT-S/14) with the same weights
/// in single precision, two threads each, in turns in one process; and the network in bfloat16, where the processor has it. The ratio of
/// neighbouring passes cancels what else the machine does; its median is the figure.</summary>
internal static class EmbeddingBenchmark
{
    private const int Threads = 2;
    private const int Side = 224;
    private const int Dimensions = 384;

    private static readonly int[] Batches = [1, 4, 16];

    // Lets the threads of one runtime come to rest before the other's turn.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Measures and prints a table and a JSON line.</summary>
    public static void Run()
    {
        var folder = Directory.CreateTempSubdirectory("dandelionml-benchmark-");
        try
        {
            var graph = ExportedVitS14.Write(SharedFolder(), folder.FullName);
            using var backbone = LoadBackbone(folder.FullName, DinoV2Precision.Full);
            using var bFloat16 = BFloat16Support.Missing is null ? LoadBackbone(folder.FullName, DinoV2Precision.BFloat16) : null;
            using var options = new SessionOptions { IntraOpNumThreads = Threads, InterOpNumThreads = 1 };
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            using var session = new InferenceSession(graph, options);

            Console.WriteLine(
                "| batch | DandelionMl ms/photo | ONNX Runtime ms/photo | ratio (median) | ratio (quartiles) | largest difference "
                + "| products alone, GFLOP/s | share of it reached | bfloat16 ms/photo | ratio to ONNX Runtime | cosine to single |");
            Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
            var rows = Batches.Select(batch => Measure(backbone, bFloat16, session, batch)).ToArray();
            Console.WriteLine(JsonSerializer.Serialize(new { Benchmark = "embedding", Threads, Rows = rows }, JsonSerializerOptions.Web));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Prints where the time of a photo goes, in single precision and in bfloat16 where the processor has it.</summary>
    public static void RunProfile()
    {
        using var folder = new TempFolder();
        var image = FormulaWeights.Values("input", 3 * Side * Side, 0, 1.5);
        var embedding = new float[Dimensions];
        DinoV2Precision[] precisions =
            BFloat16Support.Missing is null ? [DinoV2Precision.Full, DinoV2Precision.BFloat16] : [DinoV2Precision.Full];
        foreach (var precision in precisions)
        {
            using var backbone = LoadBackbone(folder.Path, precision, threads: 1);
            DinoV2Profile.Run(
                precision == DinoV2Precision.BFloat16 ? TorchSharp.torch.ScalarType.BFloat16 : TorchSharp.torch.ScalarType.Float32,
                () => backbone.Embed(image, embedding));
        }
    }

    private static Row Measure(DinoV2Backbone backbone, DinoV2Backbone? bFloat16, InferenceSession session, int batch)
    {
        var images = FormulaWeights.Values("input", batch * 3 * Side * Side, 0, 1.5);
        var ours = new float[batch * Dimensions];
        var theirs = new float[batch * Dimensions];
        var rounded = new float[batch * Dimensions];
        using var input = OrtValue.CreateTensorValueFromMemory(images, [batch, 3, Side, Side]);
        using var output = OrtValue.CreateTensorValueFromMemory(theirs, [batch, Dimensions]);
        using var runOptions = new RunOptions();
        Action[] passes =
        [
            () => backbone.Embed(images, ours),
            () => session.Run(runOptions, ["image"], [input], ["cls"], [output]),
            () => bFloat16?.Embed(images, rounded),
        ];

        // Both have allocated and started their threads after the second pass.
        for (var warmUp = 0; warmUp < 2; warmUp++)
        {
            Array.ForEach(passes, pass => pass());
        }

        var pairs = Enumerable.Range(0, Math.Max(15, 80 / batch)).Select(index => Pair(passes, oursFirst: index % 2 == 0)).ToArray();
        var difference = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max();
        var ratios = pairs.Select(pair => pair.Theirs / pair.Ours).Order().ToArray();
        double? Rounded(Func<(double Ours, double Theirs, double Rounded), double> of) => bFloat16 is null ? null : Median(pairs.Select(of));
        double? cosine = bFloat16 is null ? null : Enumerable.Range(0, batch).Min(photo => TensorPrimitives.CosineSimilarity(
            ours.AsSpan(photo * Dimensions, Dimensions), rounded.AsSpan(photo * Dimensions, Dimensions)));
        var peak = MatrixProducts.MeasureGigaflopPerSecond(batch, Threads);
        var row = new Row(
            batch, Median(pairs.Select(pair => pair.Ours)) / batch, Median(pairs.Select(pair => pair.Theirs)) / batch,
            ratios[ratios.Length / 2], ratios[ratios.Length / 4], ratios[ratios.Length * 3 / 4], difference, peak,
            Rounded(pair => pair.Rounded) / batch, Rounded(pair => pair.Theirs / pair.Rounded), cosine);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {batch} | {row.OursMilliseconds:F1} | {row.TheirsMilliseconds:F1} | {row.Ratio:F2} "
            + $"| {row.RatioLower:F2} … {row.RatioUpper:F2} | {difference:E1} "
            + $"| {peak:F0} | {MatrixProducts.GigaflopPerPhoto / row.OursMilliseconds * 1000 / peak:P0} "
            + $"| {row.BFloat16Milliseconds:F1} | {row.BFloat16Ratio:F2} | {row.BFloat16Cosine:F5} |"));
        return row;
    }

    private static (double Ours, double Theirs, double Rounded) Pair(Action[] passes, bool oursFirst)
    {
        var milliseconds = new double[3];
        foreach (var index in oursFirst ? new[] { 0, 1, 2 } : [2, 1, 0])
        {
            Thread.Sleep(Pause);
            var start = Stopwatch.GetTimestamp();
            passes[index]();
            milliseconds[index] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return (milliseconds[0], milliseconds[1], milliseconds[2]);
    }

    private static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToArray();
        return ordered[ordered.Length / 2];
    }

    private static DinoV2Backbone LoadBackbone(string folder, DinoV2Precision precision, int threads = Threads)
    {
        var path = Path.Combine(folder, "dinov2-vits14.safetensors");
        FormulaVitS14.Write(path);
        return DinoV2Backbone.Load(path, "dinov2-vits14", new FixedSize(), new DinoV2Options { Threads = threads }, precision);
    }

    private static string SharedFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "bench");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("This benchmark needs the folder shared/bench beside the repository.");
    }

    private sealed record Row(
        int Batch, double OursMilliseconds, double TheirsMilliseconds, double Ratio, double RatioLower, double RatioUpper,
        float Difference, double PeakGigaflopPerSecond, double? BFloat16Milliseconds, double? BFloat16Ratio, double? BFloat16Cosine);

    private sealed class FixedSize() : Preprocessing("benchmark", Side, Side)
    {
        public override void Apply(RgbImage image, Span<float> tensor) => throw new NotSupportedException();
    }
}
