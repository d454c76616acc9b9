using DandelionMl.Data;
using DandelionMl.Mlflow.Client;
using DandelionMl.Telemetry;
using DandelionMl.Tracking;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>Brings to the server what waits in the outbox, beside the trainings: whatever the server does, they go on. For one caller at a
/// time.</summary>
internal sealed class MlflowMirror(
    TrackingOutbox outbox,
    TrainingMirror trainings,
    MlflowTransport transport,
    MlflowOptions options,
    MirrorBackoff backoff,
    TrackingTelemetry telemetry,
    RetryTelemetry retries,
    TimeProvider time,
    ILogger<MlflowMirror> logger)
{
    /// <summary>How often one training is refused before it is given up.</summary>
    private const int MostRefusals = 5;

    /// <summary>How many trainings in a row the server may fail at before the others wait, too.</summary>
    private const int MostErrorsInARow = 3;

    private static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(20);

    private readonly Repetitions _repetitions = new(time);
    private bool _isStopped;
    private long _pausedAt;
    private TimeSpan _pause;
    private int _failures;
    private int _errorsInARow;
    private string? _told;

    /// <summary>Looks what waits, and mirrors what is due.</summary>
    /// <exception cref="DatabaseException">The database does not let it be done.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if ((await ListDueAsync(cancellationToken).ConfigureAwait(false)).Count == 0 || _isStopped || time.GetElapsedTime(_pausedAt) < _pause)
        {
            return;
        }

        var lease = Guid.NewGuid().ToString("N");
        if (!await outbox.TryLeaseAsync(lease, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            if (_failures > 0)
            {
                retries.Retry("mlflow");
            }

            await MirrorAsync(lease, cancellationToken).ConfigureAwait(false);
        }
        catch (LostLeaseException)
        {
            // Who took over goes on with it.
        }
        finally
        {
            transport.BeforeEach = null;
            await outbox.ReleaseAsync(lease, CancellationToken.None).ConfigureAwait(false);
        }

        await ListDueAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<TrackedItem>> ListDueAsync(CancellationToken cancellationToken)
    {
        var waiting = await outbox.ListAsync(options.MaximumAge, cancellationToken).ConfigureAwait(false);
        telemetry.Keep(waiting);
        var now = time.GetUtcNow();
        return [.. waiting.Where(item => item.RetryAt is null || item.RetryAt <= now)];
    }

    private async Task MirrorAsync(string lease, CancellationToken cancellationToken)
    {
        var renewedAt = time.GetTimestamp();
        transport.BeforeEach = async token =>
        {
            if (time.GetElapsedTime(renewedAt) >= RenewAfter)
            {
                await outbox.RenewAsync(lease, token).ConfigureAwait(false);
                renewedAt = time.GetTimestamp();
            }
        };

        // What was due before the lease another process may have mirrored since.
        foreach (var item in await ListDueAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!await MirrorAsync(new MirrorWork(outbox, lease, item), cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <returns>Whether the next one may be tried.</returns>
    private async Task<bool> MirrorAsync(MirrorWork work, CancellationToken cancellationToken)
    {
        var isNew = !work.Ids.IsLogged;
        try
        {
            await trainings.MirrorAsync(work, cancellationToken).ConfigureAwait(false);
            await work.FinishAsync(cancellationToken).ConfigureAwait(false);
            Succeeded(work, isNew);
            return true;
        }
        catch (NotWantedException exception)
        {
            await GiveUpAsync(work, exception.Message, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (MlflowException exception)
        {
            telemetry.Failed();
            return await FailAsync(work, exception, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // One training that can't be read must not keep the others from the server.
        catch (Exception exception) when (exception is not (OperationCanceledException or LostLeaseException or DatabaseException))
#pragma warning restore CA1031
        {
            telemetry.Failed();
            await DeferAsync(work, MlflowFailure.Refused, exception.Message, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    private async Task<bool> FailAsync(MirrorWork work, MlflowException exception, CancellationToken cancellationToken)
    {
        switch (exception.Failure)
        {
            case MlflowFailure.HostRefused:
                _isStopped = true;
                MlflowLog.MirroringStopped(logger, exception.Message);
                await work.DeferAsync(work.Item.Attempts, at: null, exception.Message, cancellationToken).ConfigureAwait(false);
                return false;

            case MlflowFailure.Unavailable or MlflowFailure.Unauthenticated or MlflowFailure.Misconfigured or MlflowFailure.NotSupported:
                Pause(exception);

                // What is still on its way there must have arrived before it is looked for.
                DateTimeOffset? at = exception.IsOutcomeUnknown ? time.GetUtcMicroseconds() + (2 * options.Timeout) : null;
                await work.DeferAsync(work.Item.Attempts, at, exception.Message, cancellationToken).ConfigureAwait(false);
                return false;

            case MlflowFailure.Forbidden or MlflowFailure.ServerError:
                await DeferAsync(work, exception.Failure, exception.Message, cancellationToken).ConfigureAwait(false);
                if (++_errorsInARow < MostErrorsInARow)
                {
                    return true;
                }

                Pause(exception);
                return false;

            default:
                if (work.Item.Attempts + 1 >= MostRefusals)
                {
                    await GiveUpAsync(work, exception.Message, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await DeferAsync(work, exception.Failure, exception.Message, cancellationToken).ConfigureAwait(false);
                }

                return true;
        }
    }

    private void Succeeded(MirrorWork work, bool isNew)
    {
        telemetry.Mirrored();
        (_failures, _errorsInARow, _pause) = (0, 0, TimeSpan.Zero);
        if (_told is not null)
        {
            _told = null;
            MlflowLog.MirroringResumed(logger, transport.Server);
        }

        if (isNew)
        {
            MlflowLog.TrainingMirrored(logger, work.Item.Name, work.Ids.Run);
        }
    }

    /// <summary>Leaves the server alone for a while; says why once, however often it is tried.</summary>
    private void Pause(MlflowException exception)
    {
        (_pausedAt, _pause) = (time.GetTimestamp(), backoff.OfServer(exception.Failure, ++_failures));
        if (_told != exception.Message)
        {
            _told = exception.Message;
            MlflowLog.MirroringPaused(logger, exception.Message);
        }
    }

    private async Task DeferAsync(MirrorWork work, MlflowFailure failure, string reason, CancellationToken cancellationToken)
    {
        var attempts = work.Item.Attempts + 1;
        var delay = failure == MlflowFailure.Forbidden ? backoff.OfServer(failure, attempts) : backoff.OfTraining(attempts);
        await work.DeferAsync(attempts, time.GetUtcMicroseconds() + delay, reason, cancellationToken).ConfigureAwait(false);

        // What was told of it before, perhaps by another process, is not told again.
        if (reason != work.Item.Error && _repetitions.IsToTell("deferred", out var times))
        {
            MlflowLog.TrainingDeferred(logger, work.Item.Name, delay, reason, times);
        }
    }

    private async Task GiveUpAsync(MirrorWork work, string reason, CancellationToken cancellationToken)
    {
        await work.GiveUpAsync(reason, cancellationToken).ConfigureAwait(false);
        telemetry.GivenUp();
        MlflowLog.TrainingGivenUp(logger, work.Item.Name, reason);
    }
}
