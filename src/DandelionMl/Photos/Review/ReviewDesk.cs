using DandelionMl.Catalog;
using DandelionMl.Catalog.Transitions;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Labels;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Photos;

/// <summary>Review of users' photos: gives each photo to one reviewer at a time and records decisions. Thread-safe; several
/// processes may share the work.</summary>
/// <remarks>
/// <para>By default the photos that are most useful to review come first: the ones that the model was least certain of,
/// spread over the embedding space so that near-copies do not come in a row, and a share drawn at random
/// (<see cref="ReviewOptions.RandomShare"/>). While fewer than five photos a class have a label, the model's uncertainty says little: the
/// most typical photos of those that wait come first then, in place of the uncertain ones. While a version runs as
/// the champion's shadow, the photos on which the two differ come before all of these; the random share stays as it is.</para>
/// <para>A decision is final once its transaction is committed. The object is moved after that; a move that is cut off is finished by the
/// next retraining or the reconciler.</para>
/// </remarks>
public sealed class ReviewDesk
{
    private const int MaxTake = 1_000;
    private const int MaxList = 1_000;
    private const int MaxReviewerLength = 200;
    private const int MoveConcurrency = 4;

    /// <summary>How far the clocks of replicas may differ.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private readonly Database _database;
    private readonly ReviewPool _pool;
    private readonly ImageRelocator _relocator;
    private readonly ReviewOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ReviewDesk> _logger;
    private readonly PhotoTelemetry _telemetry;

    internal ReviewDesk(
        Database database,
        IEmbeddingStore embeddings,
        ImageRelocator relocator,
        ReviewOptions options,
        TimeProvider time,
        ILogger<ReviewDesk> logger,
        PhotoTelemetry? telemetry = null,
        IShadow? shadow = null)
    {
        _telemetry = telemetry ?? new PhotoTelemetry();
        (_database, _pool, _relocator) = (database, new ReviewPool(database, embeddings, shadow), relocator);
        (_options, _time, _logger) = (options, time, logger);
    }

    /// <summary>Reserves photos for a reviewer; no other reviewer gets them before <see cref="ReviewOptions.LeaseDuration"/> is over.
    /// Photos that the reviewer already has come first, and their time is renewed.</summary>
    /// <param name="reviewer">Who reviews, 1 to 200 characters.</param>
    /// <param name="count">How many photos to reserve in all, 1 to 1,000.</param>
    /// <param name="order">Which come first.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The photos; fewer than asked for when no more wait.</returns>
    public async Task<IReadOnlyList<Photo>> TakeAsync(
        string reviewer, int count = 1, ReviewOrder order = ReviewOrder.MostInformative, CancellationToken cancellationToken = default)
    {
        CheckReviewer(reviewer);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxTake);
        var now = _time.GetUtcMicroseconds();
        await EndFutureLeasesAsync(now, cancellationToken).ConfigureAwait(false);
        var choice = await HeldAsync(reviewer, count, now, cancellationToken).ConfigureAwait(false);
        choice.AddRange(order == ReviewOrder.MostInformative
            ? await _pool.ChooseAsync(reviewer, Choices(count), _options.RandomShare, now, cancellationToken).ConfigureAwait(false)
            : await InOrderAsync(reviewer, Choices(count), order, now, cancellationToken).ConfigureAwait(false));
        return await _database.WriteAsync(
            session => LeaseAsync(session, choice.DistinctBy(photo => photo.ImageId), reviewer, count, now), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends reservations that lie farther ahead than one can last: a clock that was wrong once made them.</summary>
    private Task<int> EndFutureLeasesAsync(DateTimeOffset now, CancellationToken cancellationToken) => _database.WriteIdempotentAsync(
        session => session.ExecuteAsync(
            "UPDATE uploads SET leased_by = NULL, leased_until = NULL WHERE leased_until > @latest",
            [("latest", now + _options.LeaseDuration + ClockTolerance)]),
        cancellationToken);

    /// <summary>Releases reserved photos without a decision. Photos that the reviewer does not have are ignored.</summary>
    /// <param name="reviewer">Who has them.</param>
    /// <param name="imageIds">The photos; null for all that the reviewer has.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task ReleaseAsync(
        string reviewer, IReadOnlyCollection<long>? imageIds = null, CancellationToken cancellationToken = default)
    {
        CheckReviewer(reviewer);
        const string sql = "UPDATE uploads SET leased_by = NULL, leased_until = NULL WHERE leased_by = @reviewer";
        await _database.WriteIdempotentAsync(
            async session =>
            {
                if (imageIds is null)
                {
                    return await session.ExecuteAsync(sql, [("reviewer", reviewer)]).ConfigureAwait(false);
                }

                foreach (var id in imageIds)
                {
                    await session.ExecuteAsync($"{sql} AND image_id = @id", [("reviewer", reviewer), ("id", id)]).ConfigureAwait(false);
                }

                return imageIds.Count;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records decisions independently: a refused one does not affect the others.</summary>
    /// <param name="decisions">The decisions.</param>
    /// <param name="reviewer">Who decides, 1 to 200 characters. A photo that another reviewer has at the moment is refused; one that
    /// nobody has is not.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The result of each, in the same order.</returns>
    /// <exception cref="InvalidLabelException">The label of a correction is missing or not valid; no decision is recorded.</exception>
    /// <exception cref="ArgumentException">An action is not a reviewer's; no decision is recorded.</exception>
    public async Task<IReadOnlyList<PhotoOutcome>> DecideAsync(
        IReadOnlyCollection<ReviewDecision> decisions, string reviewer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(decisions);
        CheckReviewer(reviewer);
        foreach (var decision in decisions)
        {
            Check(decision);
        }

        var now = _time.GetUtcMicroseconds();
        var outcomes = new List<PhotoOutcome>(decisions.Count);
        foreach (var decision in decisions)
        {
            var outcome = await _database.WriteAsync(session => DecideAsync(session, decision, reviewer, now), cancellationToken).ConfigureAwait(false);
            outcomes.Add(outcome);
            _telemetry.Decide(outcome);
        }

        await RelocateAsync([.. outcomes.Where(outcome => outcome.IsAccepted).Select(outcome => outcome.ImageId)], cancellationToken).ConfigureAwait(false);
        return outcomes;
    }

    /// <inheritdoc cref="DecideAsync(IReadOnlyCollection{ReviewDecision}, string, CancellationToken)"/>
    /// <summary>Records one decision.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="reviewer">Who decides, 1 to 200 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was stored.</returns>
    public async Task<PhotoOutcome> DecideAsync(
        ReviewDecision decision, string reviewer, CancellationToken cancellationToken = default) =>
        (await DecideAsync([decision], reviewer, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>The latest actions of all reviewers, the newest first.</summary>
    /// <param name="skip">How many to leave out, at least 0.</param>
    /// <param name="count">The most to list, 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<PhotoEvent>> ListLatestEventsAsync(
        int skip = 0, int count = 50, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxList);
        return (await _database.ReadAsync(
            session => PhotoHistory.ListReviewsAsync(session, new ReviewHistoryFilter(), before: null, skip, count), cancellationToken).ConfigureAwait(false))
            .ConvertAll(item => item.Event);
    }

    /// <summary>The progress of the review.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<ReviewProgress> GetProgressAsync(CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcMicroseconds();
        return _database.ReadAsync(session => ReviewRows.CountAsync(session, now), cancellationToken);
    }

    /// <summary>How many photos wait, for what is shown often: they are counted up to <paramref name="most"/>.</summary>
    internal Task<long> CountPendingAsync(int most, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => ReviewRows.CountPendingAsync(session, most), cancellationToken);

    /// <summary>Which reviewers hold photos that wait.</summary>
    internal Task<List<ReviewHolder>> ListHoldersAsync(CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcMicroseconds();
        return _database.ReadAsync(session => ReviewRows.ListHoldersAsync(session, now), cancellationToken);
    }

    // Other reviewers may be given some of them at the same moment.
    private static int Choices(int count) => (2 * count) + 10;

    private static void CheckReviewer(string reviewer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reviewer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reviewer.Length, MaxReviewerLength);
    }

    private static void Check(ReviewDecision decision)
    {
        if (decision.Action is not (
            PhotoAction.Confirm or PhotoAction.Correct or PhotoAction.NoneOfThese or PhotoAction.Unusable or PhotoAction.Undo))
        {
            throw new ArgumentException($"{decision.Action} is not a reviewer's action.", nameof(decision));
        }

        if (decision.Action == PhotoAction.Correct)
        {
            ImageLabel.Check(decision.Label ?? "");
        }
    }

    private static async Task<PhotoOutcome> DecideAsync(
        DatabaseSession session, ReviewDecision decision, string reviewer, DateTimeOffset now)
    {
        var photo = await PhotoRows.FindAsync(session, decision.ImageId).ConfigureAwait(false);
        if (Refuse(photo, decision.Action, reviewer, now) is { } refusal)
        {
            return new PhotoOutcome(decision.ImageId, refusal, photo?.Upload is null ? null : photo);
        }

        var (action, label) = Apply(photo!, decision);
        await ReviewRows.DecideAsync(session, photo!, Find(photo!, action)!, new PhotoEvent
        {
            ImageId = decision.ImageId,
            Action = action,
            FromLabel = photo!.Image.Label,
            ToLabel = label,
            Actor = reviewer,
            At = now,
        }).ConfigureAwait(false);
        return new PhotoOutcome(decision.ImageId, null, await PhotoRows.FindAsync(session, decision.ImageId).ConfigureAwait(false));
    }

    private static PhotoRefusal? Refuse(Photo? photo, PhotoAction action, string reviewer, DateTimeOffset now) => photo?.Upload switch
    {
        null => PhotoRefusal.NotFound,
        { Watermark: not null } => PhotoRefusal.AlreadyTaken,
        { Review: null } when action == PhotoAction.Undo => PhotoRefusal.NotDecided,
        { Review: not null } when action != PhotoAction.Undo => PhotoRefusal.AlreadyDecided,
        _ when Find(photo!, action) is null => PhotoRefusal.AlreadyTaken, // Ingested with a label meanwhile.
        { Review: null, Holder: { } holder } upload when upload.HeldUntil > now && holder != reviewer => PhotoRefusal.HeldByAnother,
        _ => null,
    };

    /// <returns>What becomes of the photo; null if that can't be done in its state.</returns>
    private static ImageTransition? Find(Photo photo, PhotoAction action) => (photo.Image.State, action) switch
    {
        (ImageState.Pending, PhotoAction.Confirm or PhotoAction.Correct) => ImageTransition.Validate,
        (ImageState.Pending, PhotoAction.NoneOfThese or PhotoAction.Unusable) => ImageTransition.Reject,
        (ImageState.Validated, PhotoAction.Undo) => ImageTransition.UndoValidation,
        (ImageState.Rejected, PhotoAction.Undo) => ImageTransition.UndoRejection,
        _ => null,
    };

    private static (PhotoAction Action, string Label) Apply(Photo photo, ReviewDecision decision)
    {
        var predicted = photo.Upload!.PredictedLabel;
        return decision.Action switch
        {
            PhotoAction.Correct when decision.Label != predicted => (PhotoAction.Correct, decision.Label!),
            PhotoAction.Correct => (PhotoAction.Confirm, predicted),
            _ => (decision.Action, predicted),
        };
    }

    private async Task<List<ChosenCandidate>> HeldAsync(
        string reviewer, int count, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string held =
            "WHERE p.state = @pending AND u.leased_by = @reviewer AND u.leased_until > @now ORDER BY u.leased_until, p.id LIMIT @count";
        return await ChooseAsync(held, [("pending", ImageStateText.Pending), ("reviewer", reviewer), ("now", now), ("count", count)], cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<ChosenCandidate>> InOrderAsync(
        string reviewer, int count, ReviewOrder order, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var direction = order == ReviewOrder.Newest ? "DESC" : "ASC";
        return await ChooseAsync(
            $"WHERE {ReviewRows.FreeFor} ORDER BY p.id {direction} LIMIT @count",
            [("pending", ImageStateText.Pending), ("reviewer", reviewer), ("now", now), ("count", count)],
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<ChosenCandidate>> ChooseAsync(string rest, SqlParameters parameters, CancellationToken cancellationToken) =>
        [.. (await _database.ReadAsync(session => PhotoRows.QueryAsync(session, PhotoRows.Uploads, rest, parameters), cancellationToken).ConfigureAwait(false))
            .Select(photo => new ChosenCandidate(photo.Image.Id, IsRandom: false))];

    private async Task<IReadOnlyList<Photo>> LeaseAsync(
        DatabaseSession session, IEnumerable<ChosenCandidate> choice, string reviewer, int count, DateTimeOffset now)
    {
        var taken = new List<Photo>(count);
        foreach (var photo in choice)
        {
            if (taken.Count < count && await ReviewRows.TryLeaseAsync(session, photo, reviewer, now, now + _options.LeaseDuration).ConfigureAwait(false))
            {
                taken.Add((await PhotoRows.FindAsync(session, photo.ImageId).ConfigureAwait(false))!);
            }
        }

        return taken;
    }

    private async Task RelocateAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = MoveConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(ids, options, async (id, token) =>
        {
            try
            {
                await _relocator.RelocateAsync(id, token).ConfigureAwait(false);
            }
            catch (DandelionMlException e)
            {
                // The decision stands; the object follows when the store is back.
                ReviewLog.MoveDeferred(_logger, id, e.Message);
            }
        }).ConfigureAwait(false);
    }
}
