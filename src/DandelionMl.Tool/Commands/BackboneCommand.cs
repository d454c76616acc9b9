using System.CommandLine;
using System.Globalization;
using DandelionMl.Backbones;
using DandelionMl.Embeddings;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion backbone</c>: which backbones there are and which one the data directory uses.</summary>
internal static class BackboneCommand
{
    public static Command Create(CommonOptions options) =>
        new("backbone", "List, download, add, choose and train backbones.")
        {
            List(options), Download(options), BackboneAddCommand.Add(options), BackboneAddCommand.Remove(options), Use(options), Accept(options),
            TrainBuiltInCommand.Create(options),
        };

    private static Command List(CommonOptions options)
    {
        var command = new Command("list", "List the available backbones.");
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var provider = context.Get<IBackboneProvider>();
            var used = await context.Get<BackboneSelection>().GetRecordedAsync(cancellationToken).ConfigureAwait(false);
            var rows = provider.Available.Select(backbone => new
            {
                backbone.Id,
                backbone.Description,
                backbone.Dimensions,
                backbone.DownloadBytes,
                backbone.License,
                OnThisMachine = provider.IsDownloaded(backbone.Id),
                Used = backbone.Id == used,
            }).ToList();
            context.Terminal.WriteResult(rows, console =>
            {
                var table = new Table().AddColumns("id", "", "dimensions", "download", "licence", "on this machine", "used here");
                foreach (var row in rows)
                {
                    table.AddRow(
                        Markup.Escape(row.Id), Markup.Escape(row.Description), row.Dimensions == 0 ? "" : row.Dimensions.ToString(CultureInfo.InvariantCulture),
                        row.DownloadBytes == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"{row.DownloadBytes / 1e6:0} MB"),
                        Markup.Escape(row.License), row.OnThisMachine ? "yes" : "no", row.Used ? "yes" : "");
                }

                console.Write(table);
            });
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Download(CommonOptions options)
    {
        var id = IdArgument();
        var command = new Command("download", "Download a backbone's weights and check their size and SHA-256; an interrupted download is resumed.") { id };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var backbone = parseResult.GetRequiredValue(id);
            await context.Terminal.WithProgressAsync($"Downloading {backbone}", async report =>
            {
                await context.Get<IBackboneProvider>().DownloadAsync(
                    backbone, new Progress<DownloadProgress>(progress => report(progress.ReceivedBytes, progress.TotalBytes, null)), cancellationToken).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
            context.Terminal.WriteResult(new { backbone, downloaded = true }, console => console.MarkupLineInterpolated($"{backbone} is downloaded."));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Accept(CommonOptions options)
    {
        var id = IdArgument();
        var command = new Command(
            "accept",
            "Accept the embeddings that a backbone gives on this machine, though they differ from those where it was first used.") { id };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var backbone = await context.Get<IBackboneProvider>().GetAsync(parseResult.GetRequiredValue(id), progress: null, cancellationToken).ConfigureAwait(false);
            await context.Get<GoldenEmbedding>().AcceptAsync(
                backbone.Info, GoldenEmbedding.Embed(backbone, cancellationToken), cancellationToken).ConfigureAwait(false);
            await context.Get<KnownWeights>().AcceptAsync(backbone.Info, cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(
                new { backbone = backbone.Info.Id, accepted = true },
                console => console.MarkupLineInterpolated($"What [bold]{backbone.Info.Id}[/] answers on this machine is what it is compared with from now on."));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Use(CommonOptions options)
    {
        var id = IdArgument();
        var command = new Command("use", "Switch the data directory to a backbone: embed every photo again, then use it. If interrupted, run it again to resume.") { id };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var backbone = parseResult.GetRequiredValue(id);
            var (_, embedded, unreadable) = await context.Terminal.WithProgressAsync($"Embedding with {backbone}", report => context.Get<BackboneSelection>().SwitchAsync(
                backbone, new Progress<ItemProgress>(progress => report(progress.Completed, progress.Total, null)), cancellationToken)).ConfigureAwait(false);
            context.Terminal.WriteResult(new { backbone, embeddedImages = embedded, unreadable }, console =>
            {
                console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"This data directory now uses [bold]{backbone}[/]; {embedded} photos were embedded. The champion keeps the backbone it was trained on until 'dandelion train' gives a model that passes the gate.");
                foreach (var image in unreadable)
                {
                    console.MarkupLineInterpolated($"[yellow]Left out {image.Name}: {image.Reason}[/]");
                }
            });
            return unreadable.Count > 0 ? ExitCodes.Partial : ExitCodes.Success;
        }));
        return command;
    }

    private static Argument<string> IdArgument() => new("id") { Description = "The backbone's id, see 'dandelion backbone list'." };
}
