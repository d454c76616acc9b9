using DandelionMl.AspNetCore.Api;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Data;

/// <summary>What is looked for on the page of photos.</summary>
/// <param name="Photos">Which photos.</param>
/// <param name="Order">In which order.</param>
/// <param name="After">The place of the photo that the page follows; null for the first page.</param>
internal sealed record DataQuery(PhotoQuery Photos, PhotoOrder Order = PhotoOrder.Newest, PhotoPlace? After = null)
{
    /// <summary>Which photos, as the pages show them: those that are here.</summary>
    public PhotoFilter ToFilter() => Photos.ToFilter() with { IsHere = true };
}
