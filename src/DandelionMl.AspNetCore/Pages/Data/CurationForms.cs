using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Labels;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Pages.Data;

/// <summary>What the forms of a photo's page do. After a change the page is got anew; where it is refused, the page says why.</summary>
internal static class CurationForms
{
    private const int MaxForm = 16 * 1024;

    public static void MapCurationForms(this IEndpointRouteBuilder pages)
    {
        pages.MapPost("/data/{imageId:long}/relabel", RelabelAsync).LimitBody(MaxForm);
        pages.MapPost("/data/{imageId:long}/withdraw", WithdrawAsync).LimitBody(MaxForm);
        pages.MapPost("/data/{imageId:long}/restore", RestoreAsync).LimitBody(MaxForm);
        pages.MapPost("/data/{imageId:long}/undo", UndoAsync).LimitBody(MaxForm);
        pages.MapPost("/data/{imageId:long}/erase", EraseAsync).LimitBody(MaxForm);
    }

    private static async Task<IResult> RelabelAsync(
        long imageId,
        [FromForm] string? label,
        [FromForm] string? reason,
        TrainingSetEditor editor,
        KnownLabels labels,
        Actor actor,
        HttpContext context,
        [FromForm] bool newClass = false)
    {
        label = label?.Trim() ?? "";
        return await ChangeAsync(
            context,
            imageId,
            PhotoAction.Relabel,
            () => editor.RelabelAsync(imageId, label, actor.AuditName, CurationReason.Check(reason), context.RequestAborted),
            async () => newClass ? null : await labels.FindUnknownAsync(label, context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static Task<IResult> WithdrawAsync(
        long imageId, [FromForm] string? reason, TrainingSetEditor editor, Actor actor, HttpContext context) => ChangeAsync(
            context,
            imageId,
            PhotoAction.Withdraw,
            () => editor.WithdrawAsync(imageId, CurationReason.Require(reason), actor.AuditName, context.RequestAborted));

    private static Task<IResult> RestoreAsync(
        long imageId, [FromForm] string? reason, TrainingSetEditor editor, Actor actor, HttpContext context) => ChangeAsync(
            context,
            imageId,
            PhotoAction.Restore,
            () => editor.RestoreAsync(imageId, actor.AuditName, CurationReason.Check(reason), context.RequestAborted));

    private static Task<IResult> EraseAsync(
        long imageId, [FromForm] string? reason, TrainingSetEditor editor, Actor actor, HttpContext context) => ChangeAsync(
            context,
            imageId,
            PhotoAction.Erase,
            () => editor.EraseAsync(imageId, actor.AuditName, CurationReason.Check(reason), context.RequestAborted));

    private static Task<IResult> UndoAsync(long imageId, ReviewDesk desk, Actor actor, HttpContext context) => ChangeAsync(
        context,
        imageId,
        PhotoAction.Undo,
        () => desk.DecideAsync(new ReviewDecision(imageId, PhotoAction.Undo), actor.AuditName, context.RequestAborted));

    private static async Task<IResult> ChangeAsync(
        HttpContext context, long imageId, PhotoAction action, Func<Task<PhotoOutcome>> change, Func<Task<UnknownLabel?>>? findUnknown = null)
    {
        try
        {
            if (findUnknown is not null && await findUnknown().ConfigureAwait(false) is { } unknown)
            {
                return await DataPages.RenderPhotoAsync(context, imageId, unknown: unknown, status: StatusCodes.Status400BadRequest).ConfigureAwait(false);
            }

            return await change().ConfigureAwait(false) is { Refusal: { } refusal }
                ? await DataPages.RenderPhotoAsync(context, imageId, $"Photo.Refused{refusal}", status: StatusCodes.Status409Conflict).ConfigureAwait(false)
                : PageRoutes.SeeOther($"data/{imageId}?done={action}");
        }
        catch (InvalidLabelException)
        {
            return await DataPages.RenderPhotoAsync(context, imageId, "Photo.NoLabel", status: StatusCodes.Status400BadRequest).ConfigureAwait(false);
        }
    }
}
