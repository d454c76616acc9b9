using System.ComponentModel;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Which part of a list is asked for.</summary>
/// <param name="Offset">How many items to leave out; 0 by default.</param>
/// <param name="Limit">The most items to give, 1 to 200; 50 by default.</param>
internal sealed record PageRequest(
    [property: Description("How many items to skip; 0 by default.")] int? Offset,
    [property: Description("The most items to return, 1 to 200; 50 by default.")] int? Limit)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    /// <exception cref="BadHttpRequestException">A number is out of its bounds.</exception>
    public (int Offset, int Limit) Check()
    {
        var (offset, limit) = (Offset ?? 0, Limit ?? DefaultLimit);
        if (offset < 0)
        {
            throw new BadHttpRequestException($"offset is {offset}: it must not be negative.");
        }

        return limit is >= 1 and <= MaxLimit
            ? (offset, limit)
            : throw new BadHttpRequestException($"limit is {limit}: it must be between 1 and {MaxLimit}.");
    }

    /// <summary>Cuts a list that is all in memory.</summary>
    /// <exception cref="BadHttpRequestException">A number is out of its bounds.</exception>
    public Page<TItem> Cut<TSource, TItem>(IReadOnlyCollection<TSource> all, Func<TSource, TItem> convert)
    {
        var (offset, limit) = Check();
        return new Page<TItem>([.. all.Skip(offset).Take(limit).Select(convert)], offset, limit, all.Count);
    }
}

/// <summary>A part of a list.</summary>
/// <typeparam name="T">The type of its items.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="Offset">How many were left out before.</param>
/// <param name="Limit">The most items that were asked for.</param>
/// <param name="Total">How many there are in all.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, int Offset, int Limit, long Total);
