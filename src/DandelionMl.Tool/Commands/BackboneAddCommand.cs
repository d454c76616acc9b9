using System.CommandLine;
using System.Text.RegularExpressions;
using DandelionMl.Backbones;
using DandelionMl.Embeddings;
using DandelionMl.Onnx;
using DandelionMl.Onnx.Added;
using DandelionMl.Registry;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion backbone add</c> and <c>remove</c>: ONNX files as backbones of a data directory.</summary>
internal static partial class BackboneAddCommand
{
    public static Command Add(CommonOptions options)
    {
        var file = new Argument<FileInfo>("file") { Description = "The ONNX file, its weights inside it." };
        var id = new Option<string?>("--id")
        {
            Description = "The backbone's id: small letters, digits, '.', '_' and '-'. Default: the file's name.",
        }.RequireText();
        var preprocessing = new Option<string?>("--preprocessing")
        {
            Description = "How pictures are prepared, such as squash-bilinear-224 or eval-bicubic-crop-224. Default: what the model says, or "
                + "preprocessor_config.json beside it; else squash-bilinear in the graph's size.",
        }.RequireText();
        var output = new Option<string?>("--output")
        {
            Description = "The output that has the embedding. Default: the only one, or pooler_output, or last_hidden_state.",
        }.RequireText();
        var meanPool = new Option<bool>("--mean-pool") { Description = "Take the mean over patch tokens, where there is no CLS token." };
        var license = new Option<string?>("--license")
        {
            Description = "The weights' licence, an SPDX id such as Apache-2.0, for people to read.",
        }.RequireText();
        var command = new Command("add", "Add an exported network, an ONNX file, to the backbones of the data directory. The file is tried and copied.")
        {
            file, id, preprocessing, output, meanPool, license,
        };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var model = parseResult.GetRequiredValue(file);
            var name = parseResult.GetValue(id) ?? NameOf(model);
            CheckFree(context, name);
            var added = await Task.Run(() => context.Get<AddedBackbones>().Add(name, new OnnxBackboneOptions
            {
                Path = model.FullName,
                Preprocessing = parseResult.GetValue(preprocessing),
                Output = parseResult.GetValue(output),
                MeanPool = parseResult.GetValue(meanPool),
                License = parseResult.GetValue(license),
            }), cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(
                new { id = name, added.Dimensions, added.Preprocessing, embedding = added.Reading, added.Sha256, added.License },
                console =>
                {
                    console.MarkupLineInterpolated(
                        $"Added [bold]{name}[/]: {added.Dimensions} values from {added.Reading ?? ""}; pictures prepared by {added.Preprocessing}.");
                    console.MarkupLineInterpolated($"To use it in this data directory: dandelion backbone use {name}, then dandelion train.");
                });
            return ExitCodes.Success;
        }));
        return command;
    }

    public static Command Remove(CommonOptions options)
    {
        var id = new Argument<string>("id") { Description = "The backbone's id, see 'dandelion backbone list'." };
        var command = new Command("remove", "Remove a backbone that was added. Models that were trained on it can't be served any more.") { id };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var name = parseResult.GetRequiredValue(id);
            var backbones = context.Get<AddedBackbones>();
            if (!backbones.Has(name))
            {
                throw new BackboneUnavailableException($"No backbone '{name}' was added to this data directory, so there is none to remove.");
            }

            await CheckUnusedAsync(context, name, cancellationToken).ConfigureAwait(false);
            backbones.Remove(name);
            context.Terminal.WriteResult(new { id = name, removed = true }, console => console.MarkupLineInterpolated($"Removed [bold]{name}[/]."));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static void CheckFree(CommandContext context, string id)
    {
        if (!AddedBackbones.IsId(id))
        {
            throw new BackboneUnavailableException(
                $"'{id}' can't be an id: it must begin with a small letter or digit, and have at most 64 small letters, digits, '.', '_' and "
                + "'-'. Choose one by --id.");
        }

        bool isKnown;
        try
        {
            context.Get<IBackboneProvider>().IsDownloaded(id);
            isKnown = true;
        }
        catch (BackboneUnavailableException)
        {
            isKnown = false;
        }

        if (isKnown)
        {
            throw new BackboneUnavailableException($"There is a backbone '{id}' already. Choose another id by --id, or remove that one first.");
        }
    }

    private static async Task CheckUnusedAsync(CommandContext context, string id, CancellationToken cancellationToken)
    {
        if (await context.Get<BackboneSelection>().GetRecordedAsync(cancellationToken).ConfigureAwait(false) == id)
        {
            throw new BackboneUnavailableException($"This data directory uses '{id}'. Switch to another first: dandelion backbone use <id>.");
        }

        var champion = await context.Get<IModelRegistry>().GetChampionAsync(cancellationToken).ConfigureAwait(false);
        if (champion?.Space.BackboneId == id)
        {
            throw new BackboneUnavailableException($"The champion, version {champion.Version}, is served on '{id}'. Train and promote another first.");
        }
    }

    private static string NameOf(FileInfo file) =>
        Unfit().Replace(Path.GetFileNameWithoutExtension(file.Name).ToLowerInvariant(), "-").Trim('-', '.', '_');

    [GeneratedRegex("[^a-z0-9._-]+")]
    private static partial Regex Unfit();
}
