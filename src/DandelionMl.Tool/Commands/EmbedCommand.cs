using System.CommandLine;
using System.Globalization;
using DandelionMl.Embeddings;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion embed</c>: embeds the photos that are not embedded yet, or one share of them.</summary>
internal static class EmbedCommand
{
    /// <summary>Where Kubernetes tells a pod of an Indexed Job which of them it is.</summary>
    private const string IndexVariable = "JOB_COMPLETION_INDEX";

    public static Command Create(CommonOptions options)
    {
        var shard = new Option<HashShard?>("--shard")
        {
            Description = "Only this share, by the hash of their content: 0/16 is the first of sixteen. A number alone, such as 16, takes the "
                + $"share from {IndexVariable}, as the pods of an Indexed Job have it. Default: all photos.",
            HelpName = "i/n",
            CustomParser = result =>
            {
                var text = result.Tokens is [{ Value: var value }] ? value : "";
                if (HashShard.Parse(text, Environment.GetEnvironmentVariable(IndexVariable)) is { } share)
                {
                    return share;
                }

                result.AddError(
                    $"--shard '{text}' is not a share such as 0/16 (from 0, of at most {HashShard.Most})"
                    + $"{(text.Contains('/', StringComparison.Ordinal) ? "" : $", and {IndexVariable} does not say which of so many")}.");
                return null;
            },
        };
        var command = new Command(
            "embed", "Embed the photos that are not embedded yet; a share each on many machines, killed and repeated as they may be.") { shard };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var share = parseResult.GetValue(shard) ?? HashShard.All;
            var report = await context.Terminal.WithProgressAsync("Embedding", show => context.Get<ShardEmbedder>().EmbedAsync(
                share, new Progress<ItemProgress>(progress => show(progress.Completed, progress.Total, null)), cancellationToken)).ConfigureAwait(false);
            context.Terminal.WriteResult(
                new { shard = share.ToString(), space = report.Space.ToString(), embeddedImages = report.Embedded, report.Unreadable },
                console =>
                {
                    console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"Share {share} is embedded in {report.Space}: {report.Embedded} photos now, {report.Unreadable.Count} can't be read."));
                    foreach (var image in report.Unreadable)
                    {
                        console.WriteLine($"Left out {image.Name}: {image.Reason}");
                    }
                });
            return report.Unreadable.Count > 0 ? ExitCodes.Partial : ExitCodes.Success;
        }));
        return command;
    }
}
