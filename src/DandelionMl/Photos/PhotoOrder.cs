using DandelionMl.Catalog;

namespace DandelionMl.Photos;

/// <summary>The order in which a search gives photos.</summary>
internal enum PhotoOrder
{
    /// <summary>The last that came first.</summary>
    Newest,

    /// <summary>The first that came first.</summary>
    Oldest,

    /// <summary>By label, then by state, then the first that came first.</summary>
    Label,

    /// <summary>By state, then the first that came first.</summary>
    State,
}

/// <summary>Where a photo stands in any order. A page that begins after it begins there, whatever is changed on the photo meanwhile.</summary>
/// <param name="Id">Its row in the catalog.</param>
/// <param name="Label">Its label.</param>
/// <param name="State">Its state.</param>
internal sealed record PhotoPlace(long Id, string Label, ImageState State)
{
    public static PhotoPlace Of(Photo photo) => new(photo.Image.Id, photo.Image.Label, photo.Image.State);
}
