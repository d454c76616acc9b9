using System.CommandLine;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Photos;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion forget</c>: forgets photos that a data set listed and that never came.</summary>
internal static class ForgetCommand
{
    public static Command Create(CommonOptions options)
    {
        var sources = new Argument<string[]>("source")
        {
            Description = "Where they were to come from: an address, a file, or a folder or address that theirs begin with.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var all = new Option<bool>("--all") { Description = "Forget all photos that never came, from wherever." };
        var dryRun = new Option<bool>("--dry-run") { Description = "List them only." };
        var command = new Command("forget", "Forget photos that a data set listed and that never came; photos that are stored stay.")
        {
            sources, all, dryRun,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetValue(sources) is { Length: > 0 }))
            {
                result.AddError("Name the sources, or --all.");
            }
        });
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var named = (parseResult.GetValue(sources) ?? []).Select(Normalise).ToList();
            var found = await context.Get<IImageCatalog>().ListAsync(ImageState.Registered, cancellationToken)
                .Where(image => parseResult.GetValue(all) || named.Exists(source => Covers(source, image.UrlSource)))
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            var forgotten = new List<string>();
            foreach (var image in found)
            {
                // One that came meanwhile stays.
                if (parseResult.GetValue(dryRun)
                    || (await context.Get<TrainingSetEditor>().ForgetAsync(image.Id, cancellationToken).ConfigureAwait(false)).IsAccepted)
                {
                    forgotten.Add(ImageSource.Display(image.UrlSource));
                }
            }

            context.Terminal.WriteResult(new { forgotten, dryRun = parseResult.GetValue(dryRun) }, console =>
            {
                forgotten.ForEach(source => console.WriteLine(source));
                console.WriteLine(parseResult.GetValue(dryRun) ? $"{forgotten.Count} would be forgotten." : $"{forgotten.Count} forgotten.");
            });
            return ExitCodes.Success;
        }));
        return command;
    }

    private static string Normalise(string source) => !ImageSource.HasScheme(source) ? ImageSource.OfFile(source)
        : ImageSource.TryNormalise(source, out var normalised, out var reason) ? normalised
        : throw new InvalidDatasetException($"'{ImageSource.Display(source)}': {reason}");

    private static bool Covers(string named, string source) =>
        source.StartsWith(named, StringComparison.Ordinal) && (source.Length == named.Length || named[^1] == '/' || source[named.Length] is '/' or '#' or '?');
}
