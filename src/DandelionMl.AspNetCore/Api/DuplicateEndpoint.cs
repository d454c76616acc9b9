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
        if (result.ImageId is not { } imageId)
        {
            throw result.Failure!; // Here this is all that was asked.
        }

        return TypedResults.Ok(result.Twin is { } twin
            ? new DuplicateResponse("known", string.Create(
                CultureInfo.InvariantCulture, $"The photo is already stored as photo {imageId} (similarity {twin.Similarity:0.000})."), imageId)
            : new DuplicateResponse("new", $"The photo is new and waits for review as photo {imageId}.", imageId));
    }
}

/// <summary>Whether a photo is known.</summary>
/// <param name="Status"><c>known</c> or <c>new</c>.</param>
/// <param name="Message">The same in words.</param>
/// <param name="ImageId">Its number, or that of the photo that is there already.</param>
internal sealed record DuplicateResponse(string Status, string Message, long ImageId);
