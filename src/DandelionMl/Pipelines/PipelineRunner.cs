using System.Diagnostics.CodeAnalysis;
using DandelionMl.Data;
using DandelionMl.Pipelines.Execution;
using DandelionMl.Pipelines.Rows;

namespace DandelionMl.Pipelines;

/// <summary>Runs pipelines to their end in this process, as for a command line started by any scheduler. Thread-safe.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class PipelineRunner
{
    private readonly Database _database;
    private readonly PipelineCatalog _pipelines;
    private readonly PipelineQueue _queue;
    private readonly PipelineClaims _claims;
    private readonly PipelineExecutor _executor;
    private readonly PipelineOptions _options;
    private readonly FutureTimes _times;
    private readonly TimeProvider _time;
    private readonly LeaseKeeper _keeper;

    internal PipelineRunner(
        Database database,
        PipelineCatalog pipelines,
        PipelineQueue queue,
        PipelineClaims claims,
        PipelineExecutor executor,
        PipelineOptions options,
        FutureTimes times,
        TimeProvider time)
    {
        (_database, _pipelines, _queue, _claims) = (database, pipelines, queue, claims);
        (_executor, _options, _times, _time) = (executor, options, times, time);
        _keeper = new LeaseKeeper(queue, time);
    }

    /// <summary>Runs a pipeline. A run that another process left unfinished is finished first; if it was started with the same
    /// parameters, it is the result.</summary>
    /// <param name="pipeline">The pipeline's id.</param>
    /// <param name="startedBy">Who asks for it, kept in the run's history.</param>
    /// <param name="parameters">What to start it with; nothing if null.</param>
    /// <param name="withTriggered">Whether to run the triggered pipelines as well, instead of leaving them to a worker.</param>
    /// <param name="progress">Receives the log's lines as they are written; the run waits for it.</param>
    /// <param name="cancellationToken">Stops the run where it can be resumed by a worker or the next call.</param>
    /// <exception cref="UnknownPipelineException">The pipeline was not found.</exception>
    /// <exception cref="InvalidPipelineParametersException">It can't be started with these parameters.</exception>
    /// <exception cref="PipelineBusyException">It has an active run.</exception>
    public async Task<PipelineOutcome> RunAsync(
        string pipeline,
        string startedBy,
        IReadOnlyDictionary<string, string>? parameters = null,
        bool withTriggered = true,
        IProgress<PipelineLogLine>? progress = null,
        CancellationToken cancellationToken = default) =>
        await RunAsync(pipeline, startedBy, parameters, StartTerms.None, withTriggered, progress, cancellationToken).ConfigureAwait(false);

    /// <summary>Runs a pipeline. A run that its key finds is the result: it is worked on until it is over, and resumed if it had failed or was
    /// cancelled. With a key, a pipeline that is busy is waited for. A run with a lease is renewed while this call lasts, and cancelled when it is
    /// told to stop.</summary>
    /// <inheritdoc cref="RunAsync(string, string, IReadOnlyDictionary{string, string}, bool, IProgress{PipelineLogLine}, CancellationToken)"/>
    internal async Task<PipelineOutcome> RunAsync(
        string pipeline,
        string startedBy,
        IReadOnlyDictionary<string, string>? parameters,
        StartTerms terms,
        bool withTriggered,
        IProgress<PipelineLogLine>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(startedBy);
        parameters ??= new Dictionary<string, string>();
        var definition = _pipelines.Get(pipeline);
        definition.Check(parameters);
        terms.Check(definition);

        // There may be no worker to do so.
        await _times.SetRightAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            try
            {
                return await FindOrStartAsync(
                    definition, startedBy, parameters, terms, withTriggered, progress, cancellationToken).ConfigureAwait(false);
            }
            catch (PipelineBusyException) when (terms.Key is not null)
            {
                // Who gives a key may come back until there is a run, so this call does that for it.
                await Task.Delay(_options.PollInterval, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Resumes a failed or cancelled run from the step that was not completed.</summary>
    /// <param name="id">The run's number.</param>
    /// <param name="startedBy">Who asks for it, kept in the run's history.</param>
    /// <param name="withTriggered">Whether to run the triggered pipelines as well, instead of leaving them to a worker.</param>
    /// <param name="progress">Receives the log's lines as they are written; the run waits for it.</param>
    /// <param name="cancellationToken">Stops the run where it can be resumed.</param>
    /// <exception cref="PipelineRunNotFoundException">The run was not found.</exception>
    /// <exception cref="PipelineRunStateException">It is neither failed nor cancelled.</exception>
    /// <exception cref="PipelineBusyException">Its pipeline has an active or queued run.</exception>
    public async Task<PipelineOutcome> RetryAsync(
        long id,
        string startedBy,
        bool withTriggered = true,
        IProgress<PipelineLogLine>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(startedBy);
        return await RetryAsync(id, startedBy, StartTerms.None, withTriggered, progress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<PipelineOutcome> RetryAsync(
        long id,
        string startedBy,
        StartTerms terms,
        bool withTriggered,
        IProgress<PipelineLogLine>? progress,
        CancellationToken cancellationToken)
    {
        var lease = PipelineClaims.NewLease();
        var run = await _queue.RetryAsync(id, startedBy, terms.Lease, lease, cancellationToken).ConfigureAwait(false);
        var last = await _database.ReadAsync(session => LogRows.LastNumberAsync(session, id), cancellationToken).ConfigureAwait(false);
        return await DriveAsync(id, ClaimOf(run, lease, last), withTriggered, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a run does what is asked for now: with these parameters, and those of its steps.</summary>
    private static bool IsSame(PipelineRun run, IReadOnlyDictionary<string, string> parameters, StartTerms terms) =>
        PipelineJson.Write(run.Parameters) == PipelineJson.Write(parameters)
        && run.Steps.All(step => terms.Includes(step.Name) == !step.IsLeftOut);

    private async Task<PipelineOutcome> FindOrStartAsync(
        PipelineDefinition pipeline,
        string startedBy,
        IReadOnlyDictionary<string, string> parameters,
        StartTerms terms,
        bool withTriggered,
        IProgress<PipelineLogLine>? progress,
        CancellationToken cancellationToken)
    {
        if (terms.Key is { } key && await _database.ReadAsync(
            session => RunRows.FindByKeyAsync(session, pipeline.Id, key), cancellationToken).ConfigureAwait(false) is { } known)
        {
            return await ResumeAsync(known, startedBy, terms, withTriggered, progress, cancellationToken).ConfigureAwait(false);
        }

        if (terms.Group is { } group)
        {
            await _queue.CancelGroupAsync(pipeline.Id, group, startedBy, cancellationToken).ConfigureAwait(false);
        }

        while (await _claims.TryClaimNextAsync(pipeline.Id, cancellationToken).ConfigureAwait(false) is { } left)
        {
            var outcome = await DriveAsync(left.Run.Id, left, withTriggered, progress, cancellationToken).ConfigureAwait(false);
            if (terms.Key is null && IsSame(left.Run, parameters, terms))
            {
                return outcome;
            }
        }

        var lease = PipelineClaims.NewLease();
        var (run, isNew) = await _queue.StartAsync(pipeline.Id, parameters, startedBy, terms, lease, cancellationToken).ConfigureAwait(false);
        return isNew
            ? await _keeper.KeepAsync(
                run.Id,
                terms.Lease,
                token => DriveAsync(run.Id, ClaimOf(run, lease, 0), withTriggered, progress, token),
                cancellationToken).ConfigureAwait(false)
            : await ResumeAsync(run, startedBy, terms, withTriggered, progress, cancellationToken).ConfigureAwait(false);
    }

    private Task<PipelineOutcome> ResumeAsync(
        PipelineRun run,
        string startedBy,
        StartTerms terms,
        bool withTriggered,
        IProgress<PipelineLogLine>? progress,
        CancellationToken cancellationToken) => _keeper.KeepAsync(
            run.Id,
            terms.Lease,
            token => run.State is PipelineState.Failed or PipelineState.Cancelled
                ? RetryAsync(run.Id, startedBy, terms, withTriggered, progress, token)
                : DriveAsync(run.Id, claim: null, withTriggered, progress, token),
            cancellationToken);

    /// <returns>Null where the run is not this process's yet: while its pipeline is held, it stays in the queue.</returns>
    private static RunClaim? ClaimOf(PipelineRun run, string lease, long lastLogNumber) =>
        run.State == PipelineState.Running ? new RunClaim(run, lease, lastLogNumber, null) : null;

    private async Task<PipelineOutcome> DriveAsync(
        long id, RunClaim? claim, bool withTriggered, IProgress<PipelineLogLine>? progress, CancellationToken cancellationToken)
    {
        var run = await DriveAsync(id, claim, progress, cancellationToken).ConfigureAwait(false);
        var triggered = new List<PipelineRun>();
        foreach (var next in await _database.ReadAsync(session => RunRows.ListTriggeredAsync(session, id), cancellationToken).ConfigureAwait(false))
        {
            if (withTriggered)
            {
                var outcome = await DriveAsync(next.Id, claim: null, withTriggered, progress, cancellationToken).ConfigureAwait(false);
                triggered.AddRange([outcome.Run, .. outcome.Triggered]);
            }
            else
            {
                triggered.Add(next);
            }
        }

        return new PipelineOutcome(run, triggered);
    }

    /// <summary>Works on a run whenever it is there to be worked on, until it is over; another process may do it as well.</summary>
    private async Task<PipelineRun> DriveAsync(
        long id, RunClaim? claim, IProgress<PipelineLogLine>? progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            claim ??= await _claims.TryClaimAsync(id, cancellationToken).ConfigureAwait(false);
            if (claim is not null)
            {
                await _executor.ExecuteAsync(claim, progress, cancellationToken).ConfigureAwait(false);
            }

            var run = await _database.ReadAsync(session => RunRows.GetAsync(session, id), cancellationToken).ConfigureAwait(false);
            if (run.IsOver)
            {
                return run;
            }

            claim = null;
            await Task.Delay(_options.PollInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>How a run ended.</summary>
/// <param name="Run">The run.</param>
/// <param name="Triggered">The runs that it triggered, and those that these triggered.</param>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed record PipelineOutcome(PipelineRun Run, IReadOnlyList<PipelineRun> Triggered)
{
    /// <summary>Whether all runs that have ended were successful.</summary>
    public bool IsSuccess => Run.IsSuccess && Triggered.All(run => run.IsSuccess || !run.IsOver);
}
