using System.CommandLine;

namespace DandelionMl.Tool.Commands;

/// <summary>The command line <c>dandelion</c>: what can be asked, and how errors end.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var options = new CommonOptions();
        var result = Create(options).Parse(args);
        if (result.Errors.Count > 0 && args.Contains("--json", StringComparer.Ordinal))
        {
            // A program reads one document, not the help.
            new Terminal(json: true).WriteError("UsageError", string.Join(' ', result.Errors.Select(error => error.Message)));
            return ExitCodes.Usage;
        }

        var exitCode = await result.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(18),
        }).ConfigureAwait(false);
        return result.Errors.Count > 0 ? ExitCodes.Usage
            : result.GetRequiredValue(options.Accept).Contains(exitCode) ? ExitCodes.Success
            : exitCode;
    }

    /// <summary>All commands.</summary>
    public static RootCommand Create(CommonOptions options)
    {
        var serve = ServeCommand.Create(options);
        var root = new RootCommand(
            "Continuous training of image classifiers: turns labelled photos into a served model. Without a command, it starts the server.")
        {
            serve,
            DemoCommand.Create(options),
            IngestCommand.Create(options),
            ExportCommand.Create(options),
            ForgetCommand.Create(options),
            EraseCommand.Create(options),
            EmbedCommand.Create(options),
            TrainCommand.Create(options),
            EvaluateCommand.Create(options),
            PredictCommand.Create(options),
            LabelsCommand.Create(options),
            ModelsCommand.Create(options),
            LiveAccuracyCommand.Create(options),
            LearningCurveCommand.Create(options),
            PipelineCommand.Create(options),
            ReconcileCommand.Create(options),
            PruneCommand.Create(options),
            BackboneCommand.Create(options),
            DatabaseCommand.Create(options),
            MigrateCommand.Create(options),
            ImportReferenceCommand.Create(options),
            AdminCommand.Create(options),
            options.Data,
            options.Json,
            options.Accept,
        };
        ServeCommand.MakeDefault(root, options);
        return root;
    }
}
