using System.Buffers;
using System.Diagnostics;
using DandelionMl.Backbones;
using DandelionMl.Imaging;
using DandelionMl.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Benchmarks.Predict;

/// <summary>What a good programmer writes in an afternoon: a minimal API with the same network, decoder and preprocessing as the host, and nothing
/// else: no limits, no metrics, no model that changes. It works on the thread of the request, and rents its large buffers.</summary>
internal static class BareServer
{
    /// <summary>The name of the command that runs it.</summary>
    public const string Command = "bare-predict";

    private static readonly string[] Labels = ["dandelion", "grass"];

    /// <summary>Starts it in a process of its own, with the settings of the runtime that the host has.</summary>
    public static Process Start(NamedBackbone backbone, string folder, int port)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Command, backbone.Name, folder, $"{port}"]);
        start.Environment["DOTNET_gcServer"] = "1";
        start.Environment["DOTNET_TC_QuickJitForLoops"] = "0";
        start.Environment["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "10"; // Hexadecimal.
        return Process.Start(start)!;
    }

    /// <summary>Serves until it is killed.</summary>
    public static async Task RunAsync(string name, string folder, string port)
    {
        using var backbone = NamedBackbone.Find(name).Load(folder);
        var decoder = new SkiaImageDecoder(new ImageLimits());
        var head = new LinearHead(Labels.Length, [.. Enumerable.Range(0, backbone.Info.Dimensions).Select(index => (float)Math.Sin(index))], [0]);

        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var application = builder.Build();
        application.MapGet("/readyz", () => "ready");
        application.MapGet("/allocated", () => GC.GetTotalAllocatedBytes());
        application.MapPost("/predict", async (IFormFile file, CancellationToken cancellationToken) =>
        {
            var bytes = new byte[file.Length];
            await using var photo = file.OpenReadStream();
            await photo.ReadExactlyAsync(bytes, cancellationToken);
            var probabilities = Classify(bytes, backbone, decoder, head, cancellationToken);
            var best = probabilities[1] > probabilities[0] ? 1 : 0;
            return new { prediction = Labels[best], probability = probabilities[best], probabilities = Labels.Zip(probabilities).ToDictionary() };
        }).DisableAntiforgery();
        await application.RunAsync($"http://127.0.0.1:{port}");
    }

    private static float[] Classify(byte[] photo, IBackbone backbone, SkiaImageDecoder decoder, LinearHead head, CancellationToken cancellationToken)
    {
        var preprocessing = backbone.Info.Preprocessing;
        var rented = ArrayPool<float>.Shared.Rent(preprocessing.TensorLength);
        try
        {
            var tensor = rented.AsSpan(0, preprocessing.TensorLength);
            preprocessing.Apply(decoder.Decode(photo, preprocessing.MinimumSide), tensor);
            var embedding = new float[backbone.Info.Dimensions];
            backbone.Embed(tensor, embedding, cancellationToken);
            return head.Classify(embedding);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
