using System.CommandLine;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Postgres;
using DandelionMl.Tool.Demo;
using DandelionMl.Tool.Hosting;
using DandelionMl.Hosting;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Training;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion demo</c>: the whole loop on pictures of its own making, with no photo, server or network.</summary>
internal static class DemoCommand
{
    private const int SamplePicturesPerClass = 2;
    private const int SampleSeed = 2;

    public static Command Create(CommonOptions options)
    {
        var urls = ServeCommand.UrlsOption();
        var backbone = new Option<string>("--backbone")
        {
            Description = "The backbone to embed with. The default is the built-in one, which was made for such pictures and starts at once.",
            DefaultValueFactory = _ => Backbones.BuiltIn.BuiltInBackbone.DefaultId,
        };
        var noServe = new Option<bool>("--no-serve") { Description = "Draw, ingest and train, then stop." };
        var command = new Command("demo", "Try it out: draw small pictures of dandelions and grass, ingest them, train a model and serve it.") { urls, backbone, noServe };
        command.SetAction(async (parseResult, cancellationToken) =>
        {
            const string dataDirectory = $"{DandelionMlOptions.SectionName}:{nameof(DandelionMlOptions.DataDirectory)}";
            var configured = HostConfiguration.Create(data: null, settings: null).Build()[dataDirectory] ?? DandelionMlOptions.DefaultDataDirectory;
            var data = parseResult.GetValue(options.Data) ?? new DirectoryInfo(Path.Combine(configured, "demo"));
            var settings = new Dictionary<string, string?>
            {
                [dataDirectory] = data.FullName,
                [$"{DandelionMlOptions.SectionName}:{nameof(DandelionMlOptions.Backbone)}"] = parseResult.GetRequiredValue(backbone),

                // The demo's pictures belong to nobody's database.
                [$"{PostgresOptions.SectionName}:{nameof(PostgresOptions.ConnectionString)}"] = "",
                ["Logging:LogLevel:Default"] = "Warning",

                // A demo has few pictures, and how many of a class are test images is up to their hashes.
                [$"{DandelionMlOptions.SectionName}:{nameof(DandelionMlOptions.Gate)}:{nameof(PromotionGateOptions.MinimumTestImagesPerClass)}"] = "1",
            };
            foreach (var (name, value) in ConfiguredS3.Off.Concat(ConfiguredMlflow.Off).Concat(ServeCommand.LogSettings(parseResult.GetValue(options.Json))))
            {
                // The demo's photos and models belong into nobody's bucket or experiment.
                settings[name] = value;
            }

            DemoResult? demo = null;
            var exitCode = await CommandContext.RunAsync(parseResult, options, async context =>
            {
                demo = await PrepareAsync(context, data, cancellationToken).ConfigureAwait(false);
                return ExitCodes.Success;
            }, settings).ConfigureAwait(false);
            var terminal = new Terminal(parseResult.GetValue(options.Json));
            if (demo is null)
            {
                return exitCode;
            }

            if (parseResult.GetValue(noServe))
            {
                terminal.WriteResult(demo, _ => { });
                return exitCode;
            }

            return await terminal.GuardAsync(async () =>
            {
                var application = ServeCommand.CreateApplication(data: null, parseResult.GetValue(urls), settings);
                await using var applicationLifetime = application.ConfigureAwait(false);
                await ServeCommand.RunAsync(application, address => WriteAddress(terminal, demo with { Url = address }), cancellationToken).ConfigureAwait(false);
                return ExitCodes.Success;
            }).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<DemoResult> PrepareAsync(CommandContext context, DirectoryInfo data, CancellationToken cancellationToken)
    {
        var dataset = context.Get<IEnumerable<IDataset>>().OfType<DemoDataset>().Single();
        var samples = Path.Combine(data.FullName, "samples");
        context.Terminal.WriteRemark($"Drawing {2 * DemoDataset.PicturesPerClass} pictures into {dataset.Folder}");
        dataset.Draw(cancellationToken);
        DemoPictures.Draw(samples, SamplePicturesPerClass, SampleSeed, cancellationToken);

        var ingestion = await IngestCommand.RunAsync(context, dataset, cancellationToken).ConfigureAwait(false);
        var result = await TrainCommand.RunAsync(context, new TrainingOptions(), cancellationToken).ConfigureAwait(false);
        result = result with { Version = await TrainCommand.PromoteAsync(context, result.Version, reason: null, cancellationToken).ConfigureAwait(false) };
        if (!context.Terminal.IsJson)
        {
            context.Terminal.WriteResult(result, console => TrainCommand.Write(console, result));
        }

        var sample = Directory.EnumerateFiles(Path.Combine(samples, "dandelion")).Order(StringComparer.Ordinal).First();
        return new DemoResult(data.FullName, ingestion, result.Version, sample);
    }

    private static void WriteAddress(Terminal terminal, DemoResult demo) => terminal.WriteResult(demo, console =>
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"Serving on [bold]{demo.Url}[/] (API description: {demo.Url}/scalar). Try it from another terminal:");
        console.WriteLine();

        // Past the console's own writer, which would break the line at the terminal's width.
        console.Profile.Out.Writer.WriteLine($"  curl -X POST {demo.Url}/predict -F \"file=@{demo.Sample}\"");
        console.WriteLine();
        console.WriteLine("Ctrl+C stops it.");
    });

    private sealed record DemoResult(string Data, IngestionReport Ingestion, ModelVersion Model, string Sample, string? Url = null);
}
