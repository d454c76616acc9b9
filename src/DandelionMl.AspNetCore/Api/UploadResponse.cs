using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Api;

/// <summary>What became of a photo that was to be kept.</summary>
/// <param name="Status">Whether it is new, known, or could not be kept this time.</param>
/// <param name="ImageId">Its number, or that of the photo that is there already; null if it could not be kept, or where it is not told.</param>
/// <param name="Similarity">How similar it is to the one that is there, by the cosine of their embeddings; 1 for the same bytes, null for
/// a new one, or where it is not told.</param>
/// <param name="Receipt">A code to have the photo erased with, by <c>POST /api/v1/erasures</c> or the page <c>/erase</c>; null if it was not
/// stored. It is told this once.</param>
internal sealed record UploadResponse(UploadAnswer Status, long? ImageId, float? Similarity, string? Receipt)
{
    /// <param name="photo">The photo.</param>
    /// <param name="mayTell">Whether the sender may know which photos there are.</param>
    /// <returns>Null if it was not to be kept.</returns>
    public static UploadResponse? Of(ExaminedPhoto photo, bool mayTell) => photo.Status switch
    {
        UploadStatus.NotKept => null,
        UploadStatus.Failed => new UploadResponse(UploadAnswer.Failed, null, null, null),

        // The same for a photo that is known as for a new one, down to a receipt, which is of no photo then.
        _ when !mayTell => new UploadResponse(UploadAnswer.Received, null, null, photo.Receipt ?? UploadReceipt.New()),
        UploadStatus.New => new UploadResponse(UploadAnswer.New, photo.ImageId, null, photo.Receipt),
        UploadStatus.Erased => new UploadResponse(UploadAnswer.Erased, null, null, null),
        _ => new UploadResponse(UploadAnswer.Known, photo.ImageId, photo.Twin?.Similarity, null),
    };
}

/// <summary>Whether a photo that somebody sent was stored, as its sender is told.</summary>
internal enum UploadAnswer
{
    /// <summary>It is stored and waits for review.</summary>
    New,

    /// <summary>The photo, or one that looks the same, is already stored.</summary>
    Known,

    /// <summary>It could not be stored this time.</summary>
    Failed,

    /// <summary>It was erased before, so that it is not stored again.</summary>
    Erased,

    /// <summary>It is stored, or was known: which photos there are is not told here.</summary>
    Received,
}
