using System.CommandLine;
using System.Globalization;
using DandelionMl.Photos;
using DandelionMl.Registry;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion models show</c>: everything that is kept of a version.</summary>
internal static class ModelShowCommand
{
    public static Command Create(CommonOptions options)
    {
        var version = ModelsCommand.VersionArgument();
        var command = new Command("show", "Show a version: metrics, verdict, history and training environment.") { version };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var registry = context.Get<IModelRegistry>();
            var number = parseResult.GetRequiredValue(version);
            var model = await registry.FindAsync(number, cancellationToken).ConfigureAwait(false) ?? throw new ModelNotFoundException(number);
            var events = await registry.ListEventsAsync(number, cancellationToken).ConfigureAwait(false);
            var epochs = await registry.LoadEpochsAsync(number, cancellationToken).ConfigureAwait(false);
            var erasedPhotos = (await context.Get<ErasedTrainingPhotos>().CountAsync(cancellationToken).ConfigureAwait(false)).GetValueOrDefault(number);
            context.Terminal.WriteResult(new { model, events, epochs, erasedPhotos }, console => Write(console, model, events, epochs, erasedPhotos));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static void Write(IAnsiConsole console, ModelVersion model, IReadOnlyList<ModelEvent> events, IReadOnlyList<EpochMetrics> epochs, int erasedPhotos)
    {
        console.MarkupLineInterpolated($"Model version [bold]{model.Version}[/] ({model.State.ToString().ToLowerInvariant()} since {Time(model.StateChangedAt)})");
        var facts = new Grid().AddColumns(2);
        Add("backbone", $"{model.Space}, weights {model.BackboneSha256}");
        Add("artifact", $"{model.ArtifactKey}, {model.ArtifactSha256}");
        Add("manifest", model.ManifestSha256);
        Add("options", OptionsText.Of(model.Options));
        Add("trained with", string.Join(", ", model.Environment.Select(item => $"{item.Key} {item.Value}")));
        if (model is { Note: { } note, NoteBy: { } author, NoteAt: { } at })
        {
            Add("note", $"{note} ({author}, {Time(at)})");
        }

        if (erasedPhotos > 0)
        {
            Add("learned from", string.Create(CultureInfo.InvariantCulture, $"{erasedPhotos} photos that are erased now"));
        }

        if (epochs.Count > 0)
        {
            Add("training", string.Create(CultureInfo.InvariantCulture, $"{epochs.Count} epochs or iterations, loss {epochs[0].Loss:0.0000} to {epochs[^1].Loss:0.0000}, accuracy {epochs[0].Accuracy:0.000} to {epochs[^1].Accuracy:0.000}"));
            if (epochs[^1] is { HeldOutLoss: { } loss, HeldOutAccuracy: { } accuracy })
            {
                Add("on photos held out", string.Create(CultureInfo.InvariantCulture, $"loss {epochs[0].HeldOutLoss:0.0000} to {loss:0.0000}, accuracy {epochs[0].HeldOutAccuracy:0.000} to {accuracy:0.000}"));
            }
        }

        console.Write(facts);
        MetricsTable.Write(console, model.Metrics);
        if (model.Verdict is { } verdict)
        {
            VerdictTable.Write(console, verdict);
        }

        var history = new Table().AddColumns("when", "who", "what", "from", "to", "why");
        foreach (var item in events)
        {
            history.AddRow(
                Time(item.At), Markup.Escape(item.Actor), Text(item.Action), item.From is { } from ? Text(from) : "", Text(item.To),
                Markup.Escape(item.Reason));
        }

        console.Write(history);

        void Add(string name, string value) => facts.AddRow(Markup.Escape(name), Markup.Escape(value));
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Text(Enum value) => value.ToString().ToLowerInvariant();
}
