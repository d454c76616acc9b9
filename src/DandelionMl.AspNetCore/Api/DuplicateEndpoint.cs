using System.ComponentModel;
using System.Globalization;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>POST /check_duplicate</c>, as the system that this one reworks has it: keeps a photo unless it is known.</summary>
internal static class DuplicateEndpoint
{
    public static void MapCheckDuplicate(this IEndpointRouteBuilder routes) => routes
        .MapPost("/check_duplicate", CheckAsync)
        .WithName("CheckDuplicate")
        .WithTags("Classification")
        .WithSummary("Store a photo for review, unless it is already known")
        .TakesOnePhoto()
        .TakesPhotos(routes.MaxPhotoBytes());

    private static async Task<Ok<DuplicateResponse>> CheckAsync(
        [Description("The photo.")] IFormFile file,
        PhotoExaminer examiner,
        RateLimits limits,
        HttpContext context,
        CancellationToken cancellationToken,
        [FromForm, Description("Accepted for compatibility and ignored: the served model's prediction is stored.")] string? label = null)
    {
        _ = label;
        var examination = new PhotoExamination { FileName = file.FileName };
        var result = await examiner.ExamineAsync(file, keep: true, examination, limits, context, cancellationToken).ConfigureAwait(false);
        var upload = UploadResponse.Of(result, KnownPhotoRules.MayTell(context))!;
        return upload.Status == UploadAnswer.Failed
            ? throw result.Failure! // Here this is all that was asked.
            : TypedResults.Ok(DuplicateResponse.Of(upload));
    }
}

/// <summary>Whether a photo is known.</summary>
/// <param name="Status"><c>known</c> or <c>new</c>; <c>erased</c> if it was erased before, <c>received</c> where it is not told.</param>
/// <param name="Message">The same in words.</param>
/// <param name="ImageId">Its number, or that of the photo that is there already; null where it is not told.</param>
/// <param name="Receipt">A code to have the photo erased with; null if it was not stored.</param>
internal sealed record DuplicateResponse(UploadAnswer Status, string Message, long? ImageId, string? Receipt)
{
    public static DuplicateResponse Of(UploadResponse upload) => new(
        upload.Status,
        upload.Status switch
        {
            UploadAnswer.New => $"The photo is new and waits for review as photo {upload.ImageId}.",
            UploadAnswer.Known => string.Create(
                CultureInfo.InvariantCulture, $"The photo is already stored as photo {upload.ImageId} (similarity {upload.Similarity:0.000})."),
            UploadAnswer.Erased => "The photo was erased before; it is not stored again.",
            _ => "The photo was received.",
        },
        upload.ImageId,
        upload.Receipt);
}
