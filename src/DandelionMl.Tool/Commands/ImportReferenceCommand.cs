using System.CommandLine;
using System.Globalization;
using DandelionMl.S3;
using DandelionMl.Transfer;
using DandelionMl.Transfer.Reference;
using Npgsql;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion import-reference</c>: takes over the Python system's photos.</summary>
internal static class ImportReferenceCommand
{
    private const string AccessKey = "REFERENCE_S3_ACCESS_KEY";
    private const string SecretKey = "REFERENCE_S3_SECRET_KEY";

    public static Command Create(CommonOptions options)
    {
        var bucket = new Option<string>("--bucket") { Description = "Its bucket, such as image-dandelion-grass.", Required = true };
        var endpoint = new Option<string?>("--endpoint")
        {
            Description = "Address of its S3 or MinIO server, such as http://minio:9000; AWS itself if not given. Keys: the environment variables "
                + $"{AccessKey} and {SecretKey}, else what AWS's own tools find.",
        }.RequireAddress();
        var postgres = new Option<string>("--postgres")
        {
            Description = "Its database, such as 'Host=db;Database=plants;Username=airflow'. The password: the environment variable PGPASSWORD.",
            Required = true,
        };
        var command = new Command(
            "import-reference",
            "Take over the photos of the Python system that this one reworks: the labelled ones and reviewed ones join the training set, those that wait "
            + "for review wait here, once there is a model. Nothing is changed there. Run it again to go on where it was cut off.")
        {
            bucket, endpoint, postgres,
        };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var name = parseResult.GetRequiredValue(bucket);
            var rows = await ReadRowsAsync(parseResult.GetRequiredValue(postgres), cancellationToken).ConfigureAwait(false);
            using var store = new S3ImageStore(new S3Options
            {
                Endpoint = parseResult.GetValue(endpoint) is { } address ? new Uri(address) : null,
                Bucket = name,
                CreateBucket = false,
                AccessKey = Environment.GetEnvironmentVariable(AccessKey),
                SecretKey = Environment.GetEnvironmentVariable(SecretKey),
            });
            var report = await context.Terminal.WithProgressAsync("Importing", show => context.Get<ReferenceImport>().RunAsync(
                store, name, rows, new Progress<ItemProgress>(progress => show(progress.Completed, progress.Total, null)), cancellationToken)).ConfigureAwait(false);
            context.Terminal.WriteResult(report, console => Write(console, report));
            return report.HasFailures ? ExitCodes.Partial : ExitCodes.Success;
        }));
        return command;
    }

    private static async Task<List<ReferenceRow>> ReadRowsAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            var source = NpgsqlDataSource.Create(connectionString);
            await using var sourceLifetime = source.ConfigureAwait(false);
            var command = source.CreateCommand("SELECT url_source, url_s3, label FROM plants_data ORDER BY id");
            await using var commandLifetime = command.ConfigureAwait(false);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var readerLifetime = reader.ConfigureAwait(false);
            var rows = new List<ReferenceRow>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(new ReferenceRow(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetString(2)));
            }

            return rows;
        }
        catch (ArgumentException)
        {
            // Its parser may quote a piece of it, such as a password.
            throw new TransferException("--postgres is not a valid connection string: use 'Key=value' pairs, separated by semicolons.");
        }
        catch (NpgsqlException exception)
        {
            throw new TransferException($"The table plants_data can't be read: {(exception as PostgresException)?.MessageText ?? exception.Message}", exception);
        }
    }

    private static void Write(IAnsiConsole console, ReferenceReport report)
    {
        var (labelled, pending) = (report.Labelled, report.Pending);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Labelled: {report.Rows} rows; {labelled.New} new, {labelled.AlreadyKnown} already known, {labelled.Duplicates.Count} duplicates, {labelled.Conflicts.Count} conflicts, {labelled.Failures.Count} failed."));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Compared byte by byte: {report.Compared} are the same here, {report.Different.Count} are not."));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Waiting for review: {pending.Added} taken, {pending.Known} already known, {pending.Failures.Count} failed."));
        if (pending.Left > 0)
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{pending.Left} photos wait for review there, and there is no model here yet: run 'dandelion train', then this command again."));
        }

        if (report.Models > 0)
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{report.Models} files of models were left there: they are pickles, which can run code. 'dandelion train' makes a model in seconds."));
        }

        WriteAll(console, "yellow", labelled.Remarks);
        WriteAll(console, "yellow", labelled.Conflicts.Select(conflict => $"{conflict.Source} as '{conflict.Label}': known as '{conflict.KeptLabel}'; that label is kept"));
        WriteAll(console, "red", labelled.Failures.Concat(report.Different).Concat(pending.Failures).Select(failure => $"{failure.Source}: {failure.Reason}"));
    }

    private static void WriteAll(IAnsiConsole console, string colour, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            console.MarkupLine($"[{colour}]{Markup.Escape(line)}[/]");
        }
    }
}
