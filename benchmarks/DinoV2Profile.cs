using System.Globalization;
using System.Text.Json;
using DandelionMl.DinoV2;
using static TorchSharp.torch;

namespace DandelionMl.Benchmarks;

/// <summary>Where the time of a DINOv2 ViT-S/14 pass goes: each kind of step alone, at the network's own sizes on one thread, as often
/// as a photo takes it, beside the whole pass. In processor time, which leaves out what else the machine does.</summary>
internal static class DinoV2Profile
{
    private const int Blocks = 11; // The last block is computed for one token, which takes next to nothing.
    private const int Tokens = 257;
    private const int Width = 384;
    private const int Heads = 6;
    private const int Repeats = 100;

    /// <param name="type">What the products and the attention compute with.</param>
    /// <param name="pass">One photo's pass, on one thread.</param>
    public static void Run(ScalarType type, Action pass)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        _ = get_num_threads(); // Makes the setting of the process known to oneDNN, which keeps it for each thread.
        using var operators = OneDnnOperators.TryCreate(type);
        if (operators is null)
        {
            Console.WriteLine("no profile: oneDNN's packed products are not to be had here");
            return;
        }

        var tokens = rand(Tokens, Width);
        var (weight, bias) = (ones(Width), zeros(Width));
        var heads = Enumerable.Range(0, 3)
            .Select(part => rand([1, Tokens, 3, Heads, Width / Heads]).to(type).select(2, part).transpose(1, 2)).ToArray();
        var fc1 = Product(operators, type, Width, 4 * Width);
        (string Name, double Milliseconds)[] steps =
        [
            ("queries, keys and values", Blocks * Measure(Product(operators, type, Width, 3 * Width).Plain)),
            ("projection", Blocks * Measure(Product(operators, type, Width, Width).Plain)),
            ("first layer of the perceptron", Blocks * Measure(fc1.Plain)),
            ("its GELU, fused", Blocks * (Measure(fc1.Gelu) - Measure(fc1.Plain))),
            ("second layer", Blocks * Measure(Product(operators, type, 4 * Width, Width).Plain)),
            ("patches", Measure(Product(operators, type, 14 * 14 * 3, Width).Plain)),
            ("attention", Blocks * Measure(() => nn.functional.scaled_dot_product_attention(heads[0], heads[1], heads[2]))),
            ("layer norm", 2 * Blocks * Measure(() => nn.functional.layer_norm(tokens, [Width], weight, bias, 1e-6).to(type))),
            ("sums of tokens", 2 * Blocks * Measure(() => tokens.add_(tokens.mul(0)))),
        ];
        var whole = Measure(() =>
        {
            pass();
            return null;
        });

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{type}, one photo on one thread: {whole:F1} ms"));
        var rest = ("the rest: copies, calls into libtorch, weights that come from memory", whole - steps.Sum(step => step.Milliseconds));
        foreach (var (name, milliseconds) in steps.Append(rest))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {milliseconds:F1} ms | {milliseconds / whole:P0} |"));
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            benchmark = "embedding-profile",
            type = type.ToString(),
            wholeMs = whole,
            steps = steps.ToDictionary(step => step.Name, step => step.Milliseconds),
        }));
    }

    private static (Func<Tensor> Plain, Func<Tensor> Gelu) Product(OneDnnOperators operators, ScalarType type, int inputs, int outputs)
    {
        var (rows, bias) = (rand(Tokens, inputs).to(type), zeros(outputs).to(type));
        var packed = operators.Pack(rand(outputs, inputs).to(type));
        return (() => operators.Linear(rows, packed, bias), () => operators.LinearGelu(rows, packed, bias));
    }

    private static double Measure(Func<Tensor?> step)
    {
        var times = new List<double>();
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            using var scope = NewDisposeScope();
            var start = Environment.CpuUsage.TotalTime;
            step();
            times.Add((Environment.CpuUsage.TotalTime - start).TotalMilliseconds);
        }

        return times.Order().ElementAt(Repeats / 4);
    }
}
