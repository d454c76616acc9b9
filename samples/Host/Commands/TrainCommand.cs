using System.CommandLine;
using System.Globalization;
using DandelionMl.Hosting;
using DandelionMl.Registry;
using DandelionMl.Training;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace DandelionMl.Host.Commands;

/// <summary><c>dandelion train</c>: trains a model on all ingested photos, registers it and makes it the champion.</summary>
internal static class TrainCommand
{
    public static Command Create(CommonOptions options)
    {
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the kept embeddings. Default: 200." };
        var noPromote = new Option<bool>("--no-promote") { Description = "Register the model as a candidate only; the champion stays." };
        var command = new Command("train", "Train a model on all ingested photos; photos already embedded cost no backbone pass.") { epochs, noPromote };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var training = context.Get<IOptions<DandelionMlOptions>>().Value.Training;
            training.Epochs = parseResult.GetValue(epochs) ?? training.Epochs;
            var (result, state) = await RunAsync(context, training, promote: !parseResult.GetValue(noPromote), cancellationToken);
            context.Terminal.WriteResult(
                new { model = result.Version with { State = state }, result.EmbeddedImages, result.Epochs, result.Unreadable },
                console => Write(console, result, state));
            return result.Unreadable.Count > 0 ? ExitCodes.Partial : ExitCodes.Success;
        }));
        return command;
    }

    /// <summary>Trains, with progress, and promotes if asked to.</summary>
    public static async Task<(TrainingResult Result, ModelState State)> RunAsync(
        CommandContext context, TrainingOptions options, bool promote, CancellationToken cancellationToken)
    {
        var result = await context.Terminal.WithProgressAsync("Training", report => context.Get<Trainer>().TrainAsync(
            options, new Progress<TrainingProgress>(progress => report(progress.Completed, progress.Total, Describe(progress.Stage))), cancellationToken: cancellationToken));
        if (!promote)
        {
            return (result, result.Version.State);
        }

        var promoted = await context.Get<IModelRegistry>().PromoteAsync(result.Version.Version, "trained by hand", cancellationToken);
        return (result, promoted.State);
    }

    private static string Describe(TrainingStage stage) => stage switch
    {
        TrainingStage.Downloading => "Downloading the backbone",
        TrainingStage.Embedding => "Embedding photos",
        _ => "Training the head",
    };

    public static void Write(IAnsiConsole console, TrainingResult result, ModelState state)
    {
        var metrics = result.Version.Metrics;
        var trained = result.Manifest.Images.Count(image => image.Split == DataSplit.Train);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"Model version [bold]{result.Version.Version}[/] ({state.ToString().ToLowerInvariant()}), head on {result.Version.Space}, trained on {trained} photos, tested on {metrics.Images}; {result.EmbeddedImages} embedded now.");
        MetricsTable.Write(console, metrics);
        foreach (var image in result.Unreadable)
        {
            console.MarkupLineInterpolated($"[yellow]Left out {image.Sha256}: {image.Reason}[/]");
        }
    }
}
