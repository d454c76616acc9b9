using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DandelionMl.Registry;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion models</c>: the model versions, what they come from, and which is served.</summary>
internal static class ModelsCommand
{
    public static Command Create(CommonOptions options) => new("models", "The trained models.")
    {
        List(options), ModelShowCommand.Create(options), Promote(options), Rollback(options), ModelImagesCommand.Create(options),
        ModelReproduceCommand.Create(options), ModelPlanCommand.Create(options), ModelShadowCommand.Create(options),
    };

    /// <summary>The argument that names a version.</summary>
    public static Argument<int> VersionArgument() => new("version") { Description = "The version's number, see 'dandelion models list'." };

    private static Command List(CommonOptions options)
    {
        var command = new Command("list", "List all model versions, the newest first.");
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var versions = await context.Get<IModelRegistry>().ListAsync(cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(versions, console => Write(console, versions), LeaveOutMatrices);
            return ExitCodes.Success;
        }));
        return command;
    }

    /// <summary>A confusion matrix has a number for each pair of classes: it is in 'models show', for one version.</summary>
    private static void LeaveOutMatrices(JsonNode versions)
    {
        foreach (var version in versions.AsArray())
        {
            version!["metrics"]!.AsObject().Remove("confusionMatrix");
        }
    }

    private static Command Promote(CommonOptions options)
    {
        var version = VersionArgument();
        var reason = ReasonOption();
        var command = new Command("promote", "Make a version the champion by hand, even if the gate rejected it.") { version, reason };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var model = await context.Get<IModelRegistry>().PromoteAsync(
                parseResult.GetRequiredValue(version), parseResult.GetRequiredValue(reason), cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(model, console => WriteChampion(console, model));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Rollback(CommonOptions options)
    {
        var reason = ReasonOption();
        var command = new Command("rollback", "Roll back to the previous champion; repeat to go further back.") { reason };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var model = await context.Get<IModelRegistry>().RollbackAsync(
                parseResult.GetRequiredValue(reason), Environment.UserName, cancellationToken: cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(model, console => WriteChampion(console, model));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Option<string> ReasonOption() => new Option<string>("--reason") { Description = "The reason, kept in the history.", Required = true }.RequireText();

    private static void WriteChampion(IAnsiConsole console, ModelVersion model) =>
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Model version [bold]{model.Version}[/] is the champion; running hosts serve it within seconds.");

    private static void Write(IAnsiConsole console, IReadOnlyList<ModelVersion> versions)
    {
        if (versions.Count == 0)
        {
            console.WriteLine("There is no model yet: ingest labelled photos, then train.");
            return;
        }

        var table = new Table().AddColumns("version", "state", "trained", "classes", "backbone", "accuracy", "tested on", "artifact");
        foreach (var version in versions)
        {
            table.AddRow(
                version.Version.ToString(CultureInfo.InvariantCulture),
                version.State.ToString().ToLowerInvariant(),
                version.CreatedAt.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
                Markup.Escape(string.Join(", ", version.Labels)),
                Markup.Escape(version.Space.BackboneId),
                version.Metrics.Accuracy.ToString("P1", CultureInfo.InvariantCulture),
                version.Metrics.Images.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(version.ArtifactKey));
        }

        console.Write(table);
    }
}
