using System.ComponentModel;
using DandelionMl.Catalog;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Decoding;
using DandelionMl.Registry;
using DandelionMl.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/images</c>: the pictures themselves, for people to look at.</summary>
internal static class ImageEndpoints
{
    private const int MinSide = 16;
    private const int MaxSide = 2_048;
    private const int DefaultSide = 1_024;

    public static void MapImages(this IEndpointRouteBuilder routes)
    {
        var image = routes.MapAdminApi().MapGroup("/images/{imageId:long}").WithTags("Images").ProducesProblem(StatusCodes.Status404NotFound);
        image.MapGet("/picture", GetPictureAsync)
            .WithName("GetPicture")
            .WithSummary("A photo as a JPEG image: re-encoded, upright, without metadata")
            .Produces(StatusCodes.Status200OK, contentType: "image/jpeg")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        image.MapGet("/models", GetModelsAsync)
            .WithName("GetModelsOfImage")
            .WithSummary("The model versions that were trained or tested on a photo, the newest first");
    }

    private static async Task<Results<Ok<IReadOnlyList<ImageUse>>, ProblemHttpResult>> GetModelsAsync(
        long imageId, IImageCatalog catalog, IModelRegistry registry, CancellationToken cancellationToken) =>
        await catalog.FindAsync(imageId, cancellationToken).ConfigureAwait(false) is { Content: { } content }
            ? TypedResults.Ok(await registry.FindVersionsOfImageAsync(content.Sha256, cancellationToken).ConfigureAwait(false))
            : NotFound(imageId);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult, StatusCodeHttpResult>> GetPictureAsync(
        long imageId,
        IImageCatalog catalog,
        IImageStore store,
        IImageDecoder decoder,
        HttpContext context,
        CancellationToken cancellationToken,
        [Description("The longest side, 16 to 2,048 pixels; 1,024 by default. A smaller photo is not enlarged.")] int side = DefaultSide)
    {
        if (side is < MinSide or > MaxSide)
        {
            throw new BadHttpRequestException($"side is {side}: it must be between {MinSide} and {MaxSide}.");
        }

        if (await catalog.FindAsync(imageId, cancellationToken).ConfigureAwait(false) is not { Content: { } content })
        {
            return NotFound(imageId);
        }

        // The bytes of a photo may change once, when it joins the training set scaled down; those under a hash never do.
        var tag = new EntityTagHeaderValue($"\"{content.Sha256}-{side}\"");
        context.Response.Headers.CacheControl = "private, max-age=300";
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        var photo = await store.ReadVerifiedAsync(content.Key, content.Sha256, cancellationToken).ConfigureAwait(false);
        return TypedResults.File(await DecodingLanes.RunAsync(photo, () => decoder.ToJpeg(photo, side), cancellationToken).ConfigureAwait(false), "image/jpeg", entityTag: tag);
    }

    private static ProblemHttpResult NotFound(long imageId) =>
        TypedResults.Problem($"There is no photo {imageId}.", statusCode: StatusCodes.Status404NotFound);
}
