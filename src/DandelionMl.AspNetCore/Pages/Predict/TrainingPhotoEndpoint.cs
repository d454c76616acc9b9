using DandelionMl.AspNetCore.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary><c>GET /api/v1/training-photos/{code}/picture</c>: a photo of the training set, small; of no other state. For anyone who was shown it
/// beside a photo within the last hour, see <see cref="TrainingPhotoAddresses"/>, unless <see cref="PageOptions.ShowTrainingPhotos"/> is
/// off.</summary>
internal static class TrainingPhotoEndpoint
{
    public static void MapTrainingPhotos(this IEndpointRouteBuilder routes) => routes.MapPublicApi()
        .MapGet("/training-photos/{code}/picture", GetAsync)
        .WithName("GetTrainingPhoto")
        .WithTags("Images")
        .WithSummary("A training photo as a small image, by the code that the page has which shows it; where training photos are public")
        .Produces(StatusCodes.Status200OK, contentType: "image/jpeg")
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetAsync(
        string code, TrainingPhotoAddresses addresses, TrainingPhotoPictures pictures, HttpContext context, CancellationToken cancellationToken)
    {
        if (addresses.Open(code) is not { } imageId
            || await pictures.FindAsync(imageId, cancellationToken).ConfigureAwait(false) is not var (jpeg, sha256))
        {
            return TypedResults.Problem("This training photo was not found.", statusCode: StatusCodes.Status404NotFound);
        }

        // Not for long: a photo may be withdrawn.
        context.Response.Headers.CacheControl = "private, max-age=300";
        return TypedResults.File(jpeg, "image/jpeg", entityTag: new EntityTagHeaderValue($"\"{sha256}\""));
    }
}
