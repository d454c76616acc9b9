using System.ComponentModel;
using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Catalog;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/uploads</c>: users' photos.</summary>
internal static class UploadEndpoints
{

    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        routes.MapPublicApi().MapPost("/uploads", UploadAsync)
            .WithName("Upload")
            .WithTags("Uploads")
            .WithSummary("Classify a photo and store it for review, unless it is already known")
            .TakesOnePhoto()
            .TakesPhotos(routes.MaxPhotoBytes());

        var uploads = routes.MapAdminApi().MapGroup("/uploads").WithTags("Uploads");
        uploads.MapGet("/", ListAsync)
            .WithName("ListUploads")
            .WithSummary("Users' photos in one state, the newest first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        uploads.MapGet("/{imageId:long}", PhotoEndpoints.FindAsync)
            .WithName("GetUpload")
            .WithSummary("The same as GET /images/{imageId}")
            .ProducesProblem(StatusCodes.Status404NotFound);
        uploads.MapGet("/{imageId:long}/similar", PhotoEndpoints.FindSimilarAsync)
            .WithName("ListSimilar")
            .WithSummary("The same as GET /images/{imageId}/similar")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<PredictResponse>> UploadAsync(
        [Description("The photo.")] IFormFile file,
        PhotoExaminer examiner,
        RateLimits limits,
        HttpContext context,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await PredictEndpoint.AnswerAsync(file, keep: true, examiner, limits, context, cancellationToken).ConfigureAwait(false));

    private static async Task<Ok<PhotoList>> ListAsync(
        PhotoSearch search,
        CancellationToken cancellationToken,
        [Description("The state, such as validated or rejected; pending by default.")] Choice<ImageState>? state = null,
        [Description("Only photos with a smaller number; from `next` of the previous page.")] long? before = null,
        [Description("The most to return, 1 to 200; 50 by default.")] int limit = 50)
    {
        var (_, count) = new PageRequest(null, limit).Check();
        var filter = new PhotoFilter { State = state?.Value ?? ImageState.Pending, IsUpload = true };
        return TypedResults.Ok(PhotoList.Of(await search.FindAsync(filter, before, count, cancellationToken).ConfigureAwait(false), count));
    }
}
