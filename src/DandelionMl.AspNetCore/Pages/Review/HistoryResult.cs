using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Review;

/// <summary>What the history shows, as a page takes it: what a page is given has to be public.</summary>
public sealed class HistoryResult
{
    internal HistoryResult(ReviewHistoryFilter filter, IReadOnlyList<ReviewerCounts> people) => (Filter, People) = (filter, people);

    internal ReviewHistoryFilter Filter { get; }

    internal IReadOnlyList<ReviewerCounts> People { get; }
}
