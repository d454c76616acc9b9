using System.ComponentModel;
using DandelionMl.Catalog;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Promotion;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>GET /api/v1/models/{version}/comparison/{other}</c>: two versions on the same test photos.</summary>
internal static class ComparisonEndpoint
{
    public static void MapComparison(this IEndpointRouteBuilder routes) => routes.MapAdminApi()
        .MapGet("/models/{version:int}/comparison/{other:int}", CompareAsync)
        .WithName("CompareModels")
        .WithTags("Models")
        .WithSummary("Compare two versions on the same test photos, which neither was trained on, and list the photos on which they differ")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Ok<ComparisonResponse>> CompareAsync(
        [Description("The first version.")] int version,
        [Description("The second version.")] int other,
        [AsParameters] PageRequest page,
        VersionComparer comparer,
        IImageCatalog catalog,
        CancellationToken cancellationToken)
    {
        page.Check();
        var comparison = await comparer.CompareAsync(version, other, cancellationToken).ConfigureAwait(false);
        var differences = page.Cut(comparison.Differences, static (ImageDifference difference) => difference);
        var photos = await catalog.FindBySha256Async([.. differences.Items.Select(item => item.Sha256)], cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new ComparisonResponse(
            comparison.First, comparison.Second, comparison.Labels, comparison.Images, comparison.DistinctPhotos, comparison.RelabelledImages, comparison.TrainedOn,
            comparison.Unavailable, comparison.BothRight, comparison.BothWrong,
            new Page<DifferenceResponse>(
                [.. differences.Items.Select(item => DifferenceResponse.Of(item, photos.GetValueOrDefault(item.Sha256)))],
                differences.Offset, differences.Limit, differences.Total)));
    }
}

/// <summary>Two versions on the same test photos.</summary>
/// <param name="First">The one version.</param>
/// <param name="Second">The other.</param>
/// <param name="Labels">The classes of both confusion matrices, in the order of their rows and columns.</param>
/// <param name="Images">Number of photos compared on: those that either was tested on and neither was trained on.</param>
/// <param name="DistinctPhotos">Number of distinct photos among them, which the chances are of: near-duplicates of one class are one.</param>
/// <param name="RelabelledImages">Test photos of either, whether compared on or not, whose label was changed between the two trainings; the later label counts.</param>
/// <param name="TrainedOn">Test photos left out because the other version was trained on them.</param>
/// <param name="Unavailable">Test photos left out because an embedding of theirs is not kept.</param>
/// <param name="BothRight">Photos that both are right on.</param>
/// <param name="BothWrong">Photos that both are wrong on.</param>
/// <param name="Differences">The photos that the two give different labels, those that both are surest of first.</param>
internal sealed record ComparisonResponse(
    ComparedVersion First,
    ComparedVersion Second,
    IReadOnlyList<string> Labels,
    int Images,
    int DistinctPhotos,
    int RelabelledImages,
    int TrainedOn,
    int Unavailable,
    int BothRight,
    int BothWrong,
    Page<DifferenceResponse> Differences);

/// <summary>A photo that two versions give different labels.</summary>
/// <param name="ImageId">Its number in the catalog; null if it is no longer there.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Label">Its own label.</param>
/// <param name="First">The first version's prediction.</param>
/// <param name="Second">The second version's prediction.</param>
internal sealed record DifferenceResponse(long? ImageId, string Sha256, string Label, ImageAnswer First, ImageAnswer Second)
{
    public static DifferenceResponse Of(ImageDifference difference, CatalogImage? photo) =>
        new(photo?.Id, difference.Sha256, difference.Label, difference.First, difference.Second);
}
