using System.CommandLine;
using System.Globalization;
using DandelionMl.Registry;
using Spectre.Console;

namespace DandelionMl.Host.Commands;

/// <summary><c>dandelion models</c>: the model versions.</summary>
internal static class ModelsCommand
{
    public static Command Create(CommonOptions options)
    {
        var list = new Command("list", "List all model versions, the newest first.");
        list.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var versions = await context.Get<IModelRegistry>().ListAsync(cancellationToken);
            context.Terminal.WriteResult(versions, console => Write(console, versions));
            return ExitCodes.Success;
        }));
        return new Command("models", "The trained models.") { list };
    }

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
