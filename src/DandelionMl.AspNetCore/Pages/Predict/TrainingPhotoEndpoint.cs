using DandelionMl.AspNetCore.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary><c>GET /api/v1/training-photos/{imageId}/picture</c>: a photo of the training set, small; of no other state. For anyone, unless
/// <see cref="PageOptions.ShowTrainingPhotos"/> is off.</summary>
internal static class TrainingPhotoEndpoint
{
    /// <summary>Its address, below the pages' address.</summary>
    public static string AddressOf(long imageId) => $"{RouteGroups.Prefix[1..]}/training-photos/{imageId}/picture";

    public static void MapTrainingPhotos(this IEndpointRouteBuilder routes) => routes.MapPublicApi()
        .MapGet("/training-photos/{imageId:long}/picture", GetAsync)
        .WithName("GetTrainingPhoto")
        .WithTags("Images")
        .WithSummary("A training photo as a small image, where training photos are public")
        .Produces(StatusCodes.Status200OK, contentType: "image/jpeg")
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetAsync(
        long imageId, TrainingPhotoPictures pictures, HttpContext context, CancellationToken cancellationToken)
    {
        if (await pictures.FindAsync(imageId, cancellationToken).ConfigureAwait(false) is not var (jpeg, sha256))
        {
            return TypedResults.Problem($"Training photo {imageId} was not found.", statusCode: StatusCodes.Status404NotFound);
        }

        // Not for long: a photo may be withdrawn.
        context.Response.Headers.CacheControl = "private, max-age=300";
        return TypedResults.File(jpeg, "image/jpeg", entityTag: new EntityTagHeaderValue($"\"{sha256}\""));
    }
}
