using System.Runtime.CompilerServices;
using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>Tells what reviewers did. Thread-safe.</summary>
internal sealed class ReviewHistory(Database database)
{
    /// <summary>So many are read at a time.</summary>
    private const int BatchSize = 1_000;

    /// <summary>Decisions, the newest first.</summary>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<IReadOnlyList<PhotoEvent>> ListAsync(ReviewHistoryFilter filter, int skip, int count, CancellationToken cancellationToken) =>
        (await database.ReadAsync(session => PhotoHistory.ListReviewsAsync(session, filter, before: null, skip, count), cancellationToken).ConfigureAwait(false))
            .ConvertAll(item => item.Event);

    /// <summary>The same, all of them, a part at a time.</summary>
    public async IAsyncEnumerable<PhotoEvent> StreamAsync(
        ReviewHistoryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long? before = null;
        while (true)
        {
            var batch = await database.ReadAsync(
                session => PhotoHistory.ListReviewsAsync(session, filter, before, skip: 0, BatchSize), cancellationToken).ConfigureAwait(false);
            foreach (var (_, item) in batch)
            {
                yield return item;
            }

            if (batch.Count < BatchSize)
            {
                yield break;
            }

            before = batch[^1].Id;
        }
    }

    /// <summary>How many decisions of each kind everybody made, who made most first; those of any kind and person in the time of the filter.</summary>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<IReadOnlyList<ReviewerCounts>> CountAsync(ReviewHistoryFilter filter, CancellationToken cancellationToken) =>
    [
        .. (await database.ReadAsync(
                session => PhotoHistory.CountReviewsAsync(session, filter with { Actor = null, Action = null }), cancellationToken).ConfigureAwait(false))
            .GroupBy(item => item.Actor, StringComparer.Ordinal)
            .Select(group => new ReviewerCounts(group.Key, group.ToDictionary(item => item.Action, item => item.Count)))
            .OrderByDescending(person => person.Total).ThenBy(person => person.Actor, StringComparer.Ordinal),
    ];
}

/// <summary>Which decisions are asked for.</summary>
/// <param name="Actor">Whose; null for everybody's.</param>
/// <param name="Action">Of which kind; null for any.</param>
/// <param name="From">From this day on, UTC; null for the first.</param>
/// <param name="To">Up to this day, UTC; null for today.</param>
internal sealed record ReviewHistoryFilter(string? Actor = null, PhotoAction? Action = null, DateOnly? From = null, DateOnly? To = null);

/// <summary>What a reviewer did.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Actions">How many decisions of each kind.</param>
internal sealed record ReviewerCounts(string Actor, IReadOnlyDictionary<PhotoAction, long> Actions)
{
    /// <summary>All of them.</summary>
    public long Total => Actions.Values.Sum();

    /// <summary>The share of the decisions on a class that confirm the model's, 0 to 1; null without any.</summary>
    public double? Agreement => Decided is 0 ? null : Of(PhotoAction.Confirm) / (double)Decided;

    private long Decided => Of(PhotoAction.Confirm) + Of(PhotoAction.Correct) + Of(PhotoAction.NoneOfThese);

    /// <summary>Those of a kind.</summary>
    public long Of(PhotoAction action) => Actions.GetValueOrDefault(action);
}
