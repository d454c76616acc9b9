using System.CommandLine;
using System.Globalization;
using DandelionMl.Data;
using DandelionMl.Hosting;
using DandelionMl.Storage;
using DandelionMl.Tool.Hosting;
using DandelionMl.Transfer;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion migrate</c>: moves a data directory to servers.</summary>
internal static class MigrateCommand
{
    public static Command Create(CommonOptions options)
    {
        var to = new Option<FileInfo?>("--to")
        {
            Description = "A JSON file with the settings of the servers, as appsettings.json has them. Default: the settings of this command, such as "
                + "DandelionMl__Postgres__ConnectionString and DandelionMl__S3__Endpoint.",
            HelpName = "settings.json",
        };
        to.Validators.Add(result =>
        {
            if (result.GetValue(to) is { Exists: false } file)
            {
                result.AddError($"--to is '{file}': there is no such file.");
            }
        });
        var restart = new Option<bool>("--restart") { Description = "Delete what an earlier move of this data directory left on the servers, and begin anew." };
        var command = new Command("migrate", "Move a data directory (SQLite and folder) to PostgreSQL and S3; killed and repeated as it may be.") { to, restart };
        command.SetAction((parseResult, cancellationToken) => new Terminal(parseResult.GetValue(options.Json)).GuardAsync(async () =>
        {
            var terminal = new Terminal(parseResult.GetValue(options.Json));
            var settings = HostConfiguration.Create(parseResult.GetValue(options.Data), settings: null);
            if (parseResult.GetValue(to) is { } file)
            {
                settings.AddJsonFile(file.FullName);
            }

            var configuration = settings.Build();
            var target = Services(services => services.AddConfiguredDandelionMl(configuration));
            await using var targetLifetime = target.ConfigureAwait(false);
            var directory = target.GetRequiredService<IOptions<DandelionMlOptions>>().Value.DataDirectory;
            var source = Services(services => services.AddDandelionMl(given => given.DataDirectory = directory));
            await using var sourceLifetime = source.ConfigureAwait(false);
            Check(directory, target);

            var transfer = new InstallationTransfer(
                source.GetRequiredService<Database>(), source.GetRequiredService<IImageStore>(),
                target.GetRequiredService<Database>(), target.GetRequiredService<IImageStore>());
            var report = await terminal.WithProgressAsync("Moving", show => transfer.RunAsync(
                parseResult.GetValue(restart), new Progress<TransferProgress>(progress => show(progress.Done, progress.Done, progress.What)), cancellationToken)).ConfigureAwait(false);
            terminal.WriteResult(report, console => Write(console, report));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static ServiceProvider Services(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        add(services);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static void Check(string directory, ServiceProvider target)
    {
        if (!File.Exists(Path.Combine(directory, DandelionMlServiceCollectionExtensions.DatabaseFile)))
        {
            throw new TransferException($"There is nothing to move: '{directory}' has no database. Name the data directory with --data.");
        }

        if (!target.GetRequiredService<Database>().IsShared || target.GetRequiredService<IImageStore>() is FolderImageStore)
        {
            throw new TransferException(
                "There is nothing to move to: set PostgreSQL and S3 (DandelionMl__Postgres__ConnectionString, DandelionMl__S3__Endpoint …), or name a file with --to.");
        }
    }

    private static void Write(IAnsiConsole console, TransferReport report)
    {
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Moved {report.Rows} rows of {report.Tables.Count} tables and {report.Objects} objects of {report.Bytes} bytes; compared row by row and byte by byte."));
        console.WriteLine("Passwords and API keys of admin.json stay here: give them to the hosts as environment variables.");
    }
}
