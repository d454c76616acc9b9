using DandelionMl.AspNetCore.Resources;
using DandelionMl.Registry;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary><c>/models/{version}/card</c>: what is to be known of a version, to print or as Markdown.</summary>
internal static class ModelCardPages
{
    public static void MapModelCards(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/models/{version:int}/card", ShowAsync);
        pages.MapGet("/models/{version:int}/card.md", WriteAsync);
    }

    private static async Task<IResult> ShowAsync(int version, IModelRegistry registry, CancellationToken cancellationToken)
    {
        var (model, images) = await LoadAsync(version, registry, cancellationToken).ConfigureAwait(false);
        return PageRoutes.Render<ModelCardPage>(new { Model = model, Images = images });
    }

    private static async Task<IResult> WriteAsync(
        int version, IModelRegistry registry, [FromServices] IStringLocalizer<Texts> text, CancellationToken cancellationToken)
    {
        var (model, images) = await LoadAsync(version, registry, cancellationToken).ConfigureAwait(false);
        return TypedResults.File(
            System.Text.Encoding.UTF8.GetBytes(ModelCardMarkdown.Write(new ModelCard(model, images, text))),
            "text/markdown; charset=utf-8",
            FormattableString.Invariant($"model-card-{version}.md"));
    }

    private static async Task<(ModelVersion Model, IReadOnlyList<ManifestImage> Images)> LoadAsync(
        int version, IModelRegistry registry, CancellationToken cancellationToken) =>
    (
        await registry.FindAsync(version, cancellationToken).ConfigureAwait(false) ?? throw new ModelNotFoundException(version),
        (await registry.LoadManifestAsync(version, cancellationToken).ConfigureAwait(false)).Images);
}
