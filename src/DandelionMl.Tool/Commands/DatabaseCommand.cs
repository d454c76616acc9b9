using System.CommandLine;
using System.Globalization;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion database</c>: the database's schema.</summary>
internal static class DatabaseCommand
{
    public static Command Create(CommonOptions options) => new("database", "The database's schema.") { Upgrade(options) };

    private static Command Upgrade(CommonOptions options)
    {
        var command = new Command(
            "upgrade", "Bring the schema and the indexes of vectors up to date now, as before an upgrade of the hosts. Otherwise the first process that needs "
            + "them does so.");
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var upgrade = await context.Get<Database>().UpgradeAsync(cancellationToken).ConfigureAwait(false);
            await new SqlEmbeddingStore(context.Get<Database>()).PrepareIndexesAsync(cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(upgrade, console => console.WriteLine(upgrade.From == upgrade.To
                ? string.Create(CultureInfo.InvariantCulture, $"The schema is up to date: version {upgrade.To}.")
                : string.Create(CultureInfo.InvariantCulture, $"The schema had version {upgrade.From} and has version {upgrade.To} now.")));
            return ExitCodes.Success;
        }));
        return command;
    }
}
