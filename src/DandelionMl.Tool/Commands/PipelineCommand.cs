using System.CommandLine;
using DandelionMl.Pipelines;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion pipeline</c>: the pipelines and their runs. <c>run</c> and <c>retry</c> work in this process, so that cron,
/// Kubernetes or Airflow can be the scheduler.</summary>
internal static class PipelineCommand
{
    public static Command Create(CommonOptions options) => new("pipeline", "List, run, show, cancel, retry and sweep pipelines.")
    {
        List(options),
        Run(options),
        Runs(options),
        Show(options),
        Cancel(options),
        Retry(options),
        Sweep(options),
    };

    private static Command List(CommonOptions options)
    {
        var command = new Command("list", "List the pipelines with their steps, schedules and last runs.");
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var pipelines = await context.Get<PipelineRuns>().ListPipelinesAsync(cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(pipelines, console => PipelineTables.Write(console, pipelines));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Run(CommonOptions options)
    {
        var pipeline = new Argument<string>("pipeline") { Description = "The pipeline's id, see 'dandelion pipeline list'." };
        var parameters = new Option<string[]>("--param")
        {
            Description = "A parameter, as name=value; can be repeated.",
            DefaultValueFactory = _ => [],
        };
        parameters.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError($"'{token.Value}' is not a valid parameter: use name=value.");
            }
        });
        var noWaitTriggered = NoWaitTriggered();
        var terms = new RunTerms();
        var command = new Command("run", "Run a pipeline to its end in this process; an interrupted run is finished first.")
        {
            pipeline, parameters, terms.Steps, terms.Key, terms.Group, terms.Lease, terms.SkippedExitCode, noWaitTriggered,
        };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            // Of a parameter that is given twice, the last counts.
            var given = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var parameter in parseResult.GetRequiredValue(parameters))
            {
                var parts = parameter.Split('=', 2);
                given[parts[0]] = parts[1];
            }

            var outcome = await context.Get<PipelineRunner>().RunAsync(
                parseResult.GetRequiredValue(pipeline), Environment.UserName, given, terms.Read(parseResult), !parseResult.GetValue(noWaitTriggered),
                new PipelineProgress(context.Terminal), cancellationToken).ConfigureAwait(false);
            var exitCode = Write(context, outcome);
            return outcome is { IsSuccess: true, Run.State: PipelineState.Skipped } ? parseResult.GetValue(terms.SkippedExitCode) : exitCode;
        }));
        return command;
    }

    private static Command Runs(CommonOptions options)
    {
        var pipeline = new Option<string?>("--pipeline") { Description = "Only runs of this pipeline." };
        var state = new Option<PipelineState?>("--state") { Description = "Only runs in this state." };
        var limit = new Option<int>("--limit") { Description = "The most runs to list.", DefaultValueFactory = _ => 20 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var number) && number is < 1 or > PipelineRuns.MaxLimit)
            {
                result.AddError($"--limit must be 1 to {PipelineRuns.MaxLimit}.");
            }
        });
        var command = new Command("runs", "List runs, the newest first.") { pipeline, state, limit };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var page = await context.Get<PipelineRuns>().ListAsync(
                parseResult.GetValue(pipeline), parseResult.GetValue(state), before: null, parseResult.GetValue(limit), cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(page.Runs, console => PipelineTables.Write(console, page.Runs));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Show(CommonOptions options)
    {
        var run = RunArgument();
        var command = new Command("show", "Show a run with its steps, its log and the runs that it started.") { run };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var (runs, id) = (context.Get<PipelineRuns>(), parseResult.GetRequiredValue(run));
            var found = await runs.GetAsync(id, cancellationToken).ConfigureAwait(false);
            var log = await ReadLogAsync(runs, id, cancellationToken).ConfigureAwait(false);
            var triggered = await runs.ListTriggeredAsync(id, cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(new { run = found, triggered, log }, console => PipelineTables.Write(console, found, triggered, log));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static async Task<List<PipelineLogLine>> ReadLogAsync(PipelineRuns runs, long id, CancellationToken cancellationToken)
    {
        var lines = new List<PipelineLogLine>();
        while (await runs.ReadLogAsync(id, lines.Count == 0 ? 0 : lines[^1].Number, cancellationToken: cancellationToken).ConfigureAwait(false) is { Count: > 0 } more)
        {
            lines.AddRange(more);
        }

        return lines;
    }

    private static Command Cancel(CommonOptions options)
    {
        var run = RunArgument();
        var command = new Command("cancel", "Cancel a run: at once, or with the next heartbeat of the process that runs it.") { run };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var cancelled = await context.Get<PipelineRuns>().CancelAsync(parseResult.GetRequiredValue(run), Environment.UserName, cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(cancelled, console => console.WriteLine(cancelled.IsOver
                ? $"Run {cancelled.Id} of '{cancelled.Pipeline}' is cancelled."
                : $"Run {cancelled.Id} of '{cancelled.Pipeline}' will be cancelled by {cancelled.Owner}."));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Retry(CommonOptions options)
    {
        var (run, noWaitTriggered) = (RunArgument(), NoWaitTriggered());
        var command = new Command("retry", "Resume a failed or cancelled run in this process, from the step that was not completed.")
        {
            run, noWaitTriggered,
        };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var outcome = await context.Get<PipelineRunner>().RetryAsync(
                parseResult.GetRequiredValue(run), Environment.UserName, !parseResult.GetValue(noWaitTriggered),
                new PipelineProgress(context.Terminal), cancellationToken).ConfigureAwait(false);
            return Write(context, outcome);
        }));
        return command;
    }

    private static Command Sweep(CommonOptions options)
    {
        var command = new Command("sweep", "Delete the runs and logs that are no longer kept; 'dandelion serve' does so by itself.");
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var deleted = await context.Get<PipelineRuns>().SweepAsync(cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(new { deleted }, console => console.WriteLine($"{deleted} runs deleted."));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Argument<long> RunArgument() => new("run") { Description = "The run's number, see 'dandelion pipeline runs'." };

    private static Option<bool> NoWaitTriggered() => new("--no-wait-triggered")
    {
        Description = "Do not run the pipelines that it triggers; a worker such as 'dandelion serve', or the next 'run', does.",
    };

    private static int Write(CommandContext context, PipelineOutcome outcome)
    {
        context.Terminal.WriteResult(outcome, console => PipelineTables.Write(console, outcome));
        var steps = outcome.Triggered.Append(outcome.Run).SelectMany(run => run.Steps).ToList();
        return !outcome.IsSuccess ? ExitCodes.Failure
            : steps.Exists(step => step.IsRejection()) ? ExitCodes.Refused
            : steps.Exists(step => step.Failures() > 0) ? ExitCodes.Partial
            : ExitCodes.Success;
    }
}
