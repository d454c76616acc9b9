using System.CommandLine;
using System.Globalization;
using DandelionMl.Hosting;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Training;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion train</c>: trains a model on all ingested photos, registers it and lets the gate decide whether it becomes the
/// champion.</summary>
internal static class TrainCommand
{
    public static Command Create(CommonOptions options)
    {
        var method = new Option<HeadMethod?>("--method")
        {
            Description = "How the head is fitted: logistic regression to its optimum, or Adam as the Python system does. Default: logistic.",
        };
        var epochs = new Option<int?>("--epochs") { Description = "Passes of Adam over the stored embeddings; goes with --method reference, and implies it. Default: 200." }
            .RequireBetween(1, TrainingOptions.MaxEpochs);
        var noPromote = new Option<bool>("--no-promote") { Description = "Register the model as a candidate only; the champion stays." };
        var forcePromote = new Option<string?>("--force-promote")
        {
            Description = "Make the model the champion without asking the gate; give the reason.",
        }.RequireText();
        var command = new Command(
            "train", "Train a model on all ingested photos and serve it if it passes the gate; stored embeddings are reused.")
        {
            method, epochs, noPromote, forcePromote,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(noPromote) && result.GetValue(forcePromote) is not null)
            {
                result.AddError("--no-promote and --force-promote can't be combined.");
            }

            if (result.GetValue(epochs) is not null && result.GetValue(method) == HeadMethod.Logistic)
            {
                result.AddError("--epochs goes with --method reference: logistic regression ends at its optimum.");
            }
        });
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var training = context.Get<IOptions<DandelionMlOptions>>().Value.Training;
            training.Method = parseResult.GetValue(method) ?? (parseResult.GetValue(epochs) is null ? training.Method : HeadMethod.Reference);
            training.Epochs = parseResult.GetValue(epochs) ?? training.Epochs;
            var result = await RunAsync(context, training, cancellationToken).ConfigureAwait(false);
            if (!parseResult.GetValue(noPromote))
            {
                result = result with { Version = await PromoteAsync(context, result.Version, parseResult.GetValue(forcePromote), cancellationToken).ConfigureAwait(false) };
            }

            context.Terminal.WriteResult(
                new { model = result.Version, result.EmbeddedImages, result.Epochs, result.Unreadable }, console => Write(console, result));
            return result.Version.State == ModelState.Rejected ? ExitCodes.Refused
                : result.Unreadable.Count > 0 ? ExitCodes.Partial
                : ExitCodes.Success;
        }));
        return command;
    }

    /// <summary>Trains, with progress.</summary>
    public static Task<TrainingResult> RunAsync(CommandContext context, TrainingOptions options, CancellationToken cancellationToken) =>
        context.Terminal.WithProgressAsync("Training", report => context.Get<Trainer>().TrainAsync(
            options, new Progress<TrainingProgress>(progress => report(progress.Completed, progress.Total, Describe(progress.Stage))), cancellationToken: cancellationToken));

    /// <summary>Lets the gate decide, unless there is a reason to do without it.</summary>
    public static Task<ModelVersion> PromoteAsync(
        CommandContext context, ModelVersion model, string? reason, CancellationToken cancellationToken) => reason is null
        ? context.Get<ModelPromotion>().DecideAsync(model.Version, Environment.UserName, cancellationToken)
        : context.Get<IModelRegistry>().PromoteAsync(model.Version, reason, cancellationToken);

    public static void Write(IAnsiConsole console, TrainingResult result)
    {
        var metrics = result.Version.Metrics;
        var trained = result.Manifest.Images.Count(image => image.Split == DataSplit.Train);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"Model version [bold]{result.Version.Version}[/] ({result.Version.State.ToString().ToLowerInvariant()}), head on {result.Version.Space}, trained on {trained} photos, tested on {metrics.Images}; {result.EmbeddedImages} embedded now.");
        MetricsTable.Write(console, metrics);
        if (result.Version.Verdict is { } verdict)
        {
            VerdictTable.Write(console, verdict);
        }

        foreach (var image in result.Unreadable)
        {
            console.MarkupLineInterpolated($"[yellow]Left out {image.Name}: {image.Reason}[/]");
        }

        foreach (var item in result.LeftOut)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]Left out class '{item.Label}' with {item.Images} photos: {item.Reason}[/]");
        }
    }

    private static string Describe(TrainingStage stage) => stage switch
    {
        TrainingStage.Downloading => "Downloading the backbone",
        TrainingStage.Embedding => "Embedding photos",
        _ => "Training the head",
    };
}
