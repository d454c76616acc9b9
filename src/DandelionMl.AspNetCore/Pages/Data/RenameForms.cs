using System.Globalization;
using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Pages.Shared;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Labels;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Data;

/// <summary>What the form to rename a class does.</summary>
internal static class RenameForms
{
    private const int MaxForm = 16 * 1024;

    public static void MapRenameForms(this IEndpointRouteBuilder pages) =>
        pages.MapPost("/data/classes/rename", RenameAsync).LimitBody(MaxForm).LimitTime(null);

    private static async Task<IResult> RenameAsync(
        [FromForm] string? from,
        [FromForm] string? to,
        [FromForm] string? reason,
        ClassRenaming renaming,
        KnownLabels labels,
        Actor actor,
        [FromServices] IStringLocalizer<Texts> text,
        HttpContext context,
        [FromForm] bool merge = false,
        [FromForm] bool newClass = false)
    {
        (from, to) = (from ?? "", to?.Trim() ?? "");
        try
        {
            var unknown = await labels.FindUnknownAsync(to, context.RequestAborted).ConfigureAwait(false);
            string? problem =
                from == to ? text["Rename.Same"] :
                unknown is null && !merge ? text["Rename.Exists", Isolated.Of(to)] :
                unknown?.IsTwinOfOtherThan(from) == true && !newClass ? unknown.Say(text) : null;
            if (problem is not null)
            {
                return await DataPages.RenderStatisticsAsync(context, new RefusedRename(problem, from, to)).ConfigureAwait(false);
            }

            var photos = await renaming.RenameAsync(from, to, actor.AuditName, CurationReason.Check(reason), context.RequestAborted).ConfigureAwait(false);
            return PageRoutes.SeeOther(string.Create(CultureInfo.InvariantCulture, $"data/statistics?renamed={photos}"));
        }
        catch (InvalidLabelException)
        {
            return await DataPages.RenderStatisticsAsync(context, new RefusedRename(text["Photo.NoLabel"], from, to)).ConfigureAwait(false);
        }
    }
}

/// <summary>A class that was not renamed, as it was asked for.</summary>
internal sealed record RefusedRename(string Problem, string From, string To);
