using System.CommandLine;
using System.Globalization;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Classification;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion predict</c>: classifies photos with the champion.</summary>
internal static class PredictCommand
{
    public static Command Create(CommonOptions options)
    {
        var files = new Argument<FileInfo[]>("file")
        {
            Description = "The photos, and folders with photos at any depth.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("predict", "Classify photos with the champion.") { files };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var classifier = context.Get<Classifier>();
            if (await classifier.ReloadAsync(cancellationToken).ConfigureAwait(false) is null)
            {
                throw new NoModelException();
            }

            classifier.WarnOfDamage(context.Terminal);
            var answers = new List<FileAnswer>();
            foreach (var file in parseResult.GetRequiredValue(files).SelectMany(file => Expand(file.FullName)))
            {
                answers.Add(await ClassifyAsync(classifier, file, cancellationToken).ConfigureAwait(false));
            }

            context.Terminal.WriteResult(answers, console => answers.ForEach(answer => Write(console, answer)));
            return answers.All(answer => answer.Error is null) ? ExitCodes.Success : ExitCodes.Partial;
        }));
        return command;
    }

    private static List<FolderFile> Expand(string path)
    {
        if (!Directory.Exists(path))
        {
            return [new FolderFile(path)];
        }

        var files = FolderWalk.Files(path);
        return files.Count > 0 ? files : [new FolderFile(path, "The folder contains no photos.")];
    }

    private static async Task<FileAnswer> ClassifyAsync(Classifier classifier, FolderFile file, CancellationToken cancellationToken)
    {
        if (file.Failure is not null)
        {
            return new FileAnswer(file.Path, Error: file.Failure);
        }

        try
        {
            var prediction = await PhotoFile.ClassifyAsync(classifier, file.Path, cancellationToken).ConfigureAwait(false);
            return new FileAnswer(
                file.Path, prediction.Label, prediction.Probability,
                prediction.Probabilities.ToDictionary(item => item.Label, item => item.Probability), prediction.Labels,
                prediction.ModelVersion, prediction.IsKnown);
        }
        catch (Exception e) when (PhotoFile.IsUnreadable(e))
        {
            return new FileAnswer(file.Path, Error: e.Message);
        }
    }

    private static void Write(IAnsiConsole console, FileAnswer answer)
    {
        if (answer.Error is not null)
        {
            console.MarkupLineInterpolated($"{answer.File}: [red]{answer.Error}[/]");
            return;
        }

        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{answer.File}: [bold]{answer.Prediction}[/] {answer.Probability:P1}");
        if (answer is { IsKnown: not false, Labels: { Count: > 1 } labels })
        {
            console.MarkupLineInterpolated($"  It may also be: {string.Join(", ", labels.Skip(1))}");
        }

        if (answer.IsKnown == false)
        {
            console.MarkupLine("  [yellow]This does not look like anything the model was taught.[/]");
        }
    }

    private sealed record FileAnswer(
        string File,
        string? Prediction = null,
        float? Probability = null,
        IReadOnlyDictionary<string, float>? Probabilities = null,
        IReadOnlyList<string>? Labels = null,
        int? ModelVersion = null,
        bool? IsKnown = null,
        string? Error = null);
}
