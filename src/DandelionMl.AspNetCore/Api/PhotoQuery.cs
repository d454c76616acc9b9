using System.ComponentModel;
using DandelionMl.Catalog;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Which photos are asked for.</summary>
internal sealed record PhotoQuery(
    [property: Description("The exact label.")] string? Label = null,
    [property: Description("The state, such as stored or withdrawn.")] Choice<ImageState>? State = null,
    [property: Description("A part of the photo's source address or file name.")] string? Source = null,
    [property: Description("The first day on which the photo was added, UTC.")] DateOnly? From = null,
    [property: Description("The last day on which the photo was added, UTC.")] DateOnly? To = null,
    [property: Description("Only photos with a smaller number; from `next` of the previous page.")] long? Before = null,
    [property: Description("The most to return, 1 to 200; 50 by default.")] int? Limit = null)
{
    public PhotoFilter ToFilter() => new()
    {
        Label = Label,
        State = State?.Value,
        Source = Source,
        AddedFrom = From is { } first ? StartOf(first) : null,
        AddedBefore = To is { } last && last < DateOnly.MaxValue ? StartOf(last.AddDays(1)) : null,
    };

    private static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
