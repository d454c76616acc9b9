using DandelionMl.Catalog;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Review;

/// <summary>Which decisions can still be taken back: those that no retraining has taken.</summary>
internal static class Undoable
{
    /// <summary>Whether what was decided on a photo can be taken back.</summary>
    public static bool CanUndo(this Photo photo) =>
        photo is { Image.State: ImageState.Validated or ImageState.Rejected, Upload: { Review: not null, Watermark: null } };

    /// <summary>Whether an entry of the history is what stands now, and can be taken back.</summary>
    public static bool CanUndo(this Photo photo, PhotoEvent done) =>
        photo.CanUndo() && photo.Upload!.Review is { } review && review.Action == done.Action && review.At == done.At;
}
