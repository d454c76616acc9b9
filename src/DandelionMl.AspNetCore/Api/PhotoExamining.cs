using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Examines photos of forms, within what a client may have kept.</summary>
internal static class PhotoExamining
{
    /// <param name="examiner">Examines it.</param>
    /// <param name="file">The photo.</param>
    /// <param name="keep">Whether its owner agrees to have it kept.</param>
    /// <param name="examination">What to do besides.</param>
    /// <param name="limits">What a client may.</param>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<ExaminedPhoto> ExamineAsync(
        this PhotoExaminer examiner,
        IFormFile file,
        bool keep,
        PhotoExamination examination,
        RateLimits limits,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var mayKeep = keep && limits.TryKeep(context, file.Length);
        var photo = await examiner.ExamineAsync(
            await file.ReadAllAsync(cancellationToken).ConfigureAwait(false),
            examination with { Keep = mayKeep },
            cancellationToken).ConfigureAwait(false);
        return keep == mayKeep
            ? photo
            : photo with { Status = UploadStatus.Failed, Failure = new TooManyPhotosException() };
    }
}

/// <summary>A client sent more photos to be kept than it may in an hour.</summary>
internal sealed class TooManyPhotosException()
    : DandelionMlException(
        "This client sent more photos for review than are accepted in an hour "
        + $"({SecurityOptions.SectionName}:{nameof(SecurityOptions.KeptBytesPerHour)}). Try again later.");
