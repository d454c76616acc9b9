using System.Diagnostics.CodeAnalysis;
using DandelionMl.Data;
using DandelionMl.Pipelines.Execution;
using DandelionMl.Pipelines.Retention;
using DandelionMl.Pipelines.Rows;

namespace DandelionMl.Pipelines;

/// <summary>Lists pipelines and their runs, and starts, cancels and retries runs. Thread-safe.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class PipelineRuns
{
    /// <summary>Most runs on a page, and most lines in one answer.</summary>
    public const int MaxLimit = 1_000;

    private readonly Database _database;
    private readonly PipelineCatalog _pipelines;
    private readonly PipelineSchedule _schedule;
    private readonly PipelineQueue _queue;
    private readonly PipelineSweep _sweep;
    private readonly FutureTimes _times;
    private readonly TimeProvider _time;

    internal PipelineRuns(
        Database database,
        PipelineCatalog pipelines,
        PipelineSchedule schedule,
        PipelineQueue queue,
        PipelineSweep sweep,
        FutureTimes times,
        TimeProvider time)
    {
        (_database, _pipelines, _schedule) = (database, pipelines, schedule);
        (_queue, _sweep, _times, _time) = (queue, sweep, times, time);
    }

    /// <summary>Lists the application's pipelines, each with its newest run.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<PipelineInfo>> ListPipelinesAsync(CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcMicroseconds();
        var held = await _database.ReadAsync(session => PipelineHold.ListAsync(session, now), cancellationToken).ConfigureAwait(false);
        var infos = new List<PipelineInfo>();
        foreach (var pipeline in _pipelines.All)
        {
            var last = await ListAsync(pipeline.Id, limit: 1, cancellationToken: cancellationToken).ConfigureAwait(false);
            infos.Add(new PipelineInfo
            {
                Id = pipeline.Id,
                Description = pipeline.Description,
                Steps = [.. pipeline.Steps.Select(Describe)],
                Parameters = pipeline.Parameters,
                Schedule = _schedule.Expressions.GetValueOrDefault(pipeline.Id),
                NextRunAt = _schedule.GetNextOccurrence(pipeline.Id),
                LastRun = last.Runs.SingleOrDefault(),
                HeldByRun = held.TryGetValue(pipeline.Id, out var run) ? run : null,
            });
        }

        return infos;
    }

    /// <summary>Lists runs, the newest first, also of pipelines that the application no longer has.</summary>
    /// <param name="pipeline">Of which pipeline; null for all.</param>
    /// <param name="state">In which state; null for all.</param>
    /// <param name="before">Only runs with a lower number: <see cref="PipelineRunPage.Next"/> of the page before.</param>
    /// <param name="limit">Most runs, 1 to <see cref="MaxLimit"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<PipelineRunPage> ListAsync(
        string? pipeline = null,
        PipelineState? state = null,
        long? before = null,
        int limit = 50,
        CancellationToken cancellationToken = default)
    {
        CheckLimit(limit);
        var runs = await _database.ReadAsync(
            session => RunRows.ListAsync(session, pipeline, state, before, limit + 1), cancellationToken).ConfigureAwait(false);
        return runs.Count > limit ? new PipelineRunPage(runs[..limit], runs[limit - 1].Id) : new PipelineRunPage(runs, null);
    }

    /// <summary>Reads a run.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null if the run was not found.</returns>
    public Task<PipelineRun?> FindAsync(long id, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => RunRows.FindAsync(session, id), cancellationToken);

    /// <summary>Reads a run that must be there.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="PipelineRunNotFoundException">The run was not found.</exception>
    public Task<PipelineRun> GetAsync(long id, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => RunRows.GetAsync(session, id), cancellationToken);

    /// <summary>Lists the runs that the steps of a run started, or joined while they were queued, the oldest first.</summary>
    /// <param name="id">The run's number; an unknown one has started none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<PipelineRun>> ListTriggeredAsync(long id, CancellationToken cancellationToken = default) =>
        await _database.ReadAsync(session => RunRows.ListTriggeredAsync(session, id), cancellationToken).ConfigureAwait(false);

    /// <summary>Reads lines of a run's log, the oldest first. To follow it, ask again after the last one's number.</summary>
    /// <param name="id">The run's number; an unknown one has no lines.</param>
    /// <param name="after">Only lines with a higher number.</param>
    /// <param name="limit">Most lines, 1 to <see cref="MaxLimit"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<PipelineLogLine>> ReadLogAsync(
        long id, long after = 0, int limit = MaxLimit, CancellationToken cancellationToken = default)
    {
        CheckLimit(limit);
        return await _database.ReadAsync(session => LogRows.SelectAsync(session, id, after, limit), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Queues a run for a worker. To execute it in this process, see
    /// <see cref="PipelineRunner"/>.</summary>
    /// <param name="pipeline">The pipeline's id.</param>
    /// <param name="startedBy">Who asks for it, kept in the run's history.</param>
    /// <param name="parameters">What to start it with; nothing if null.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="UnknownPipelineException">The pipeline was not found.</exception>
    /// <exception cref="InvalidPipelineParametersException">It can't be started with these parameters.</exception>
    /// <exception cref="PipelineBusyException">It has an active or queued run.</exception>
    public Task<PipelineRun> StartAsync(
        string pipeline,
        string startedBy,
        IReadOnlyDictionary<string, string>? parameters = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(startedBy);
        return RunOfAsync(StartAsync(pipeline, startedBy, parameters, StartTerms.None, cancellationToken));
    }

    private static async Task<PipelineRun> RunOfAsync(Task<StartedRun> started) => (await started.ConfigureAwait(false)).Run;

    /// <summary>Queues a run for a worker, or finds the one that the same key has started.</summary>
    /// <inheritdoc cref="StartAsync(string, string, IReadOnlyDictionary{string, string}, CancellationToken)"/>
    internal Task<StartedRun> StartAsync(
        string pipeline,
        string startedBy,
        IReadOnlyDictionary<string, string>? parameters,
        StartTerms terms,
        CancellationToken cancellationToken) =>
        _queue.StartAsync(pipeline, parameters ?? new Dictionary<string, string>(), startedBy, terms, lease: null, cancellationToken);

    /// <summary>Renews the lease of a run that was started with one, from now on. A run that nobody renews is cancelled by a worker when its
    /// lease is over; one that has ended, or has no lease, stays as it is.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The run, as it is now.</returns>
    /// <exception cref="PipelineRunNotFoundException">The run was not found.</exception>
    public Task<PipelineRun> RenewAsync(long id, CancellationToken cancellationToken = default) => _queue.RenewAsync(id, cancellationToken);

    /// <summary>Ends a run: at once if no process works on it, else within a heartbeat of the one that does, and at most
    /// <see cref="PipelineOptions.StopGracePeriod"/> later.</summary>
    /// <remarks>The step's <see cref="PipelineContext.CancellationToken"/> is cancelled. A step that keeps running is abandoned when the
    /// grace period is over: the run counts as cancelled, and nothing that the step reports is stored. Code can't be stopped from
    /// outside, so the pipeline is on hold while the step still runs: runs can be queued, but none is executed, here or on another host,
    /// until the step returns. The hold is renewed with each heartbeat of its host, so it also ends after
    /// <see cref="PipelineOptions.AbandonedAfter"/>. So two steps of a pipeline never run at once.</remarks>
    /// <param name="id">Its number.</param>
    /// <param name="cancelledBy">Who asks for it, kept in the run's history.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The run: cancelled, or with <see cref="PipelineRun.CancelRequestedBy"/> set.</returns>
    /// <exception cref="PipelineRunNotFoundException">The run was not found.</exception>
    /// <exception cref="PipelineRunStateException">It has ended by itself.</exception>
    public Task<PipelineRun> CancelAsync(long id, string cancelledBy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cancelledBy);
        return _queue.CancelAsync(id, cancelledBy, cancellationToken);
    }

    /// <summary>Queues a failed or cancelled run again, to resume from the step that was not completed.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="startedBy">Who asks for it, kept in the run's history.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="PipelineRunNotFoundException">The run was not found.</exception>
    /// <exception cref="PipelineRunStateException">It is neither failed nor cancelled.</exception>
    /// <exception cref="PipelineBusyException">Its pipeline has an active or queued run.</exception>
    public Task<PipelineRun> RetryAsync(long id, string startedBy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(startedBy);
        return RetryAsync(id, startedBy, callerLease: null, cancellationToken);
    }

    /// <param name="id">Its number.</param>
    /// <param name="startedBy">Who asks for it, kept in the run's history.</param>
    /// <param name="callerLease">The lease that it has from now on; null for none, also where it had one before: who resumes a run by hand does
    /// not renew it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <inheritdoc cref="RetryAsync(long, string, CancellationToken)"/>
    internal Task<PipelineRun> RetryAsync(long id, string startedBy, TimeSpan? callerLease, CancellationToken cancellationToken) =>
        _queue.RetryAsync(id, startedBy, callerLease, lease: null, cancellationToken);

    /// <summary>Deletes the runs and logs that <see cref="PipelineOptions.RunRetention"/>, <see cref="PipelineOptions.MaxRuns"/> and
    /// <see cref="PipelineOptions.LogRetention"/> no longer keep. A worker does so by itself; this is for where there is none.</summary>
    /// <param name="cancellationToken">Cancels the call; what was deleted by then stays deleted.</param>
    /// <returns>How many runs were deleted; 0 also while another process sweeps.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken = default)
    {
        await _times.SetRightAsync(cancellationToken).ConfigureAwait(false);
        return (await _sweep.SweepAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false)).Runs;
    }

    private static PipelineStepInfo Describe(PipelineStep step) => new()
    {
        Name = step.Name,
        Retries = step.Retries,
        RetryDelay = step.RetryDelay,
        MaxRetryDelay = step.MaxRetryDelay,
        Timeout = step.Timeout,
    };

    private static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxLimit);
    }
}
