using System.Globalization;
using DandelionMl.Data;
using DandelionMl.Pipelines.Rows;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Puts runs into the queue, and changes those that nobody owns. For each pipeline there is at most one run at work and one
/// queued behind it; unique indexes hold that, whoever asks. Thread-safe.</summary>
internal sealed class PipelineQueue(Database database, PipelineCatalog pipelines, PipelineClaims claims, TimeProvider time)
{
    private const int MaxNameLength = 200;

    /// <summary>Starts a run by hand.</summary>
    /// <param name="pipeline">The pipeline's id.</param>
    /// <param name="parameters">What to start it with.</param>
    /// <param name="startedBy">Who asks for it.</param>
    /// <param name="terms">What else was said of it.</param>
    /// <param name="lease">Where this process is to work on it at once, under what lease; else a worker takes it up.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="PipelineBusyException">There is an active or queued run, which neither the key finds nor the group cancels.</exception>
    public Task<StartedRun> StartAsync(
        string pipeline,
        IReadOnlyDictionary<string, string> parameters,
        string startedBy,
        StartTerms terms,
        string? lease,
        CancellationToken cancellationToken)
    {
        var definition = pipelines.Get(pipeline);
        definition.Check(parameters);
        terms.Check(definition);
        return terms.Key is null ? database.WriteAsync(StartAsync, cancellationToken) : database.WriteIdempotentAsync(StartAsync, cancellationToken);

        async Task<StartedRun> StartAsync(DatabaseSession session)
        {
            await LockAsync(session, definition.Id).ConfigureAwait(false);
            if (terms.Key is { } key && await RunRows.FindByKeyAsync(session, definition.Id, key).ConfigureAwait(false) is { } known)
            {
                return new StartedRun(known, IsNew: false);
            }

            var now = time.GetUtcMicroseconds();
            if (terms.Group is { } group)
            {
                await CancelGroupAsync(session, definition.Id, group, startedBy, now).ConfigureAwait(false);
            }

            await CheckIsIdleAsync(session, definition.Id, terms.Group).ConfigureAwait(false);
            var id = await RunRows.InsertQueuedAsync(session, definition, parameters, terms, now).ConfigureAwait(false);
            await TriggerRows.InsertAsync(session, id, definition.Id, Trigger(PipelineTriggerKind.Manual, startedBy, now)).ConfigureAwait(false);
            return new StartedRun(await ClaimAsync(session, id, lease, now).ConfigureAwait(false), IsNew: true);
        }
    }

    /// <summary>Resumes a failed or cancelled run from the step that was not completed.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public Task<PipelineRun> RetryAsync(
        long id, string startedBy, TimeSpan? callerLease, string? lease, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            var definition = pipelines.Get((await RunRows.GetAsync(session, id).ConfigureAwait(false)).Pipeline);
            new StartTerms { Lease = callerLease }.Check(definition);
            await LockAsync(session, definition.Id).ConfigureAwait(false);
            var run = await RunRows.GetAsync(session, id).ConfigureAwait(false);
            if (run.State is not (PipelineState.Failed or PipelineState.Cancelled))
            {
                throw new PipelineRunStateException(run, "only a failed or cancelled run can be retried.");
            }

            await CheckIsIdleAsync(session, run.Pipeline).ConfigureAwait(false);
            var now = time.GetUtcMicroseconds();
            await session.ExecuteAsync(
                $"""
                UPDATE pipeline_runs
                SET state = '{PipelineStateText.Queued}', attempt = attempt + 1, finished_at = NULL, reason = NULL, lease = NULL,
                    cancel_requested_by = NULL
                WHERE id = @id
                """,
                [("id", id)]).ConfigureAwait(false);
            await RunRows.SetLeaseAsync(session, id, callerLease, now).ConfigureAwait(false);
            await StepRows.RequeueAsync(session, id, definition.Steps).ConfigureAwait(false);
            await TriggerRows.InsertAsync(session, id, run.Pipeline, Trigger(PipelineTriggerKind.Retry, startedBy, now)).ConfigureAwait(false);
            return await ClaimAsync(session, id, lease, now).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Ends a run: at once if no process works on it, else by asking the one that does.</summary>
    /// <exception cref="PipelineRunStateException">It ended by itself.</exception>
    public Task<PipelineRun> CancelAsync(long id, string cancelledBy, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            await LockAsync(session, (await RunRows.GetAsync(session, id).ConfigureAwait(false)).Pipeline).ConfigureAwait(false);
            var run = await RunRows.GetAsync(session, id).ConfigureAwait(false);
            if (run.IsOver)
            {
                return run.State == PipelineState.Cancelled ? run : throw new PipelineRunStateException(run, "it can't be cancelled any more.");
            }

            await CancelAsync(session, id, cancelledBy, time.GetUtcMicroseconds()).ConfigureAwait(false);
            return await RunRows.GetAsync(session, id).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Cancels the runs of a pipeline that are in a group and have not ended, for a new one.</summary>
    public Task CancelGroupAsync(string pipeline, string group, string startedBy, CancellationToken cancellationToken) =>
        database.WriteIdempotentAsync(
            async session =>
            {
                await LockAsync(session, pipeline).ConfigureAwait(false);
                await CancelGroupAsync(session, pipeline, group, startedBy, time.GetUtcMicroseconds()).ConfigureAwait(false);
                return 0;
            },
            cancellationToken);

    /// <summary>Has the lease of a run last from now on, if it has one and has not ended.</summary>
    /// <exception cref="PipelineRunNotFoundException">The run was not found.</exception>
    public Task<PipelineRun> RenewAsync(long id, CancellationToken cancellationToken) => database.WriteIdempotentAsync(
        async session =>
        {
            var run = await RunRows.GetAsync(session, id).ConfigureAwait(false);
            if (run.Lease is null || run.IsOver)
            {
                return run;
            }

            await RunRows.RenewAsync(session, run, time.GetUtcMicroseconds()).ConfigureAwait(false);
            return await RunRows.GetAsync(session, id).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Cancels a run whose lease is over, unless it was renewed meanwhile.</summary>
    /// <returns>Whether it was cancelled, or its process was asked to.</returns>
    public Task<bool> CancelExpiredAsync(PipelineRun expired, CancellationToken cancellationToken) => database.WriteIdempotentAsync(
        async session =>
        {
            await LockAsync(session, expired.Pipeline).ConfigureAwait(false);
            var now = time.GetUtcMicroseconds();
            var run = await RunRows.FindAsync(session, expired.Id).ConfigureAwait(false);
            if (run is null or { IsOver: true } or { CancelRequestedBy: not null } || run.LeaseUntil is not { } until || until >= now)
            {
                return false;
            }

            var by = string.Create(CultureInfo.InvariantCulture, $"its lease: nobody renewed it for {run.Lease!.Value.TotalSeconds} seconds");
            await CancelAsync(session, run.Id, by, now).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Queues a run in a transaction of the caller's, or joins the one that is queued already.</summary>
    public static async Task EnqueueAsync(
        DatabaseSession session, PipelineDefinition pipeline, IReadOnlyDictionary<string, string> parameters, PipelineTrigger trigger)
    {
        await LockAsync(session, pipeline.Id).ConfigureAwait(false);
        if (await RunRows.FindQueuedAsync(session, pipeline.Id).ConfigureAwait(false) is { } queued)
        {
            await JoinAsync(session, queued, parameters).ConfigureAwait(false);
            await TriggerRows.InsertAsync(session, queued, pipeline.Id, trigger).ConfigureAwait(false);
        }
        else
        {
            var id = await RunRows.InsertQueuedAsync(session, pipeline, parameters, StartTerms.None, trigger.At).ConfigureAwait(false);
            await TriggerRows.InsertAsync(session, id, pipeline.Id, trigger).ConfigureAwait(false);
        }
    }

    /// <summary>Lets one transaction at a time look at a pipeline's queue and change it.</summary>
    public static Task LockAsync(DatabaseSession session, string pipeline) => session.ExecuteAsync(
        """
        INSERT INTO pipelines (id, revision) VALUES (@pipeline, 1)
        ON CONFLICT (id) DO UPDATE SET revision = pipelines.revision + 1
        """,
        [("pipeline", pipeline)]);

    public static Reason CancelReason(string by) => by.Length == 0 ? new Reason("Cancelled") : new Reason("CancelledBy", by);

    private static async Task JoinAsync(DatabaseSession session, long id, IReadOnlyDictionary<string, string> parameters)
    {
        // It is no longer only for the program that started it: who joins wants all of its steps, and nobody renews a lease for others.
        await StepRows.IncludeAllAsync(session, id).ConfigureAwait(false);
        await session.ExecuteAsync("UPDATE pipeline_runs SET run_group = NULL WHERE id = @id", [("id", id)]).ConfigureAwait(false);
        await RunRows.SetLeaseAsync(session, id, lease: null, default).ConfigureAwait(false);
        if (parameters.Count > 0)
        {
            var merged = new Dictionary<string, string>((await RunRows.GetAsync(session, id).ConfigureAwait(false)).Parameters);
            foreach (var (name, value) in parameters)
            {
                merged[name] = value;
            }

            await session.ExecuteAsync(
                "UPDATE pipeline_runs SET parameters = @text WHERE id = @id", [("id", id), ("text", PipelineJson.Write(merged))]).ConfigureAwait(false);
        }
    }

    private async Task CancelGroupAsync(DatabaseSession session, string pipeline, string group, string startedBy, DateTimeOffset now)
    {
        foreach (var earlier in await RunRows.ListOpenAsync(session, pipeline, group).ConfigureAwait(false))
        {
            await CancelAsync(session, earlier.Id, $"a new run of its group, started by {startedBy}", now).ConfigureAwait(false);
        }
    }

    /// <summary>Ends a run in a transaction of the caller's, who holds the pipeline's lock, or asks the process that works on it.</summary>
    private async Task CancelAsync(DatabaseSession session, long id, string cancelledBy, DateTimeOffset now)
    {
        var by = Name(cancelledBy);
        if (await claims.TryTakeFromOwnerAsync(session, id, now).ConfigureAwait(false))
        {
            await RunRows.EndAsync(session, id, PipelineState.Cancelled, CancelReason(by), now).ConfigureAwait(false);
        }

        // One that works on it may have ended it by now: then there is nothing to ask for.
        await session.ExecuteAsync(
            $"""
            UPDATE pipeline_runs SET cancel_requested_by = COALESCE(cancel_requested_by, @by)
            WHERE id = @id AND state IN ('{PipelineStateText.Running}', '{PipelineStateText.Cancelled}')
            """,
            [("id", id), ("by", by)]).ConfigureAwait(false);
    }

    private static async Task CheckIsIdleAsync(DatabaseSession session, string pipeline, string? endingIn = null)
    {
        if (await RunRows.FindOpenAsync(session, pipeline, endingIn).ConfigureAwait(false) is { } open)
        {
            throw new PipelineBusyException(open);
        }
    }

    private static string Name(string by) => PipelineText.Clean(by.Length > MaxNameLength ? by[..MaxNameLength] : by);

    private static PipelineTrigger Trigger(PipelineTriggerKind kind, string by, DateTimeOffset now) => new(kind, now, Name(by));

    private async Task<PipelineRun> ClaimAsync(DatabaseSession session, long id, string? lease, DateTimeOffset now)
    {
        if (lease is not null)
        {
            await claims.ClaimAsync(session, id, lease, now).ConfigureAwait(false);
        }

        return await RunRows.GetAsync(session, id).ConfigureAwait(false);
    }
}
