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

/// <summary>What the form below the photos found does: one change of all that are chosen. Each is recorded with its photo.</summary>
internal static class BulkForms
{
    /// <summary>The most bytes of the form.</summary>
    public const int MaxForm = 64 * 1024;

    private const string Changed = "changed";
    private const string Refused = "refusals";

    public static void MapBulkForms(this IEndpointRouteBuilder pages) => pages.MapPost("/data/change", ChangeAsync).LimitBody(MaxForm);

    /// <summary>What was just changed, as the address says, in words; null if it says nothing.</summary>
    public static string? SayDone(HttpContext context)
    {
        var text = context.RequestServices.GetRequiredService<IStringLocalizer<Texts>>();
        if (!int.TryParse(context.Request.Query[Changed], CultureInfo.InvariantCulture, out var changed))
        {
            return null;
        }

        return int.TryParse(context.Request.Query[Refused], CultureInfo.InvariantCulture, out var refused) && refused > 0
            ? text["Bulk.DoneSome", changed, refused]
            : text["Bulk.Done", changed];
    }

    private static async Task<IResult> ChangeAsync(
        [FromForm] long[]? id,
        [FromForm] string? change,
        [FromForm] string? label,
        [FromForm] string? reason,
        TrainingSetEditor editor,
        KnownLabels labels,
        Actor actor,
        [FromServices] IStringLocalizer<Texts> text,
        HttpContext context,
        [FromForm] bool newClass = false)
    {
        var (chosen, isRelabelling, aborted) = (id ?? [], change == "relabel", context.RequestAborted);
        label = label?.Trim() ?? "";
        try
        {
            var unknown = isRelabelling && !newClass ? await labels.FindUnknownAsync(label, aborted).ConfigureAwait(false) : null;
            if (unknown is null)
            {
                var outcomes = new List<PhotoOutcome>();
                foreach (var photo in chosen.Distinct())
                {
                    outcomes.Add(await (isRelabelling
                        ? editor.RelabelAsync(photo, label, actor.AuditName, CurationReason.Check(reason), aborted)
                        : editor.WithdrawAsync(photo, CurationReason.Require(reason), actor.AuditName, aborted)).ConfigureAwait(false));
                }

                var accepted = outcomes.Count(outcome => outcome.IsAccepted);
                var page = DataAddress.Of(DataAddress.Read(context.Request.Query));
                return PageRoutes.SeeOther(string.Create(
                    CultureInfo.InvariantCulture, $"{page}{(page.Contains('?') ? '&' : '?')}{Changed}={accepted}&{Refused}={outcomes.Count - accepted}"));
            }

            return await RefuseAsync(unknown.Say(text)).ConfigureAwait(false);
        }
        catch (InvalidLabelException)
        {
            return await RefuseAsync(text["Photo.NoLabel"]).ConfigureAwait(false);
        }
        catch (BadHttpRequestException)
        {
            return await RefuseAsync(text["Bulk.NoReason"]).ConfigureAwait(false);
        }

        Task<IResult> RefuseAsync(string problem) => DataPages.RenderListAsync(context, new RefusedChange(problem, chosen, label, reason));
    }

    /// <summary>Why a class that there is not was not made, and how it is.</summary>
    public static string Say(this UnknownLabel unknown, IStringLocalizer<Texts> text)
    {
        var label = Isolated.Of(unknown.Label);
        var problem = unknown.Similar is null ? text["Forms.UnknownClass", label] : text["Forms.SimilarClass", label, Isolated.Of(unknown.Similar)];
        return $"{problem} {text["Forms.TickNewClass"]}";
    }
}

/// <summary>A change of many photos that was refused, as it was asked for.</summary>
internal sealed record RefusedChange(string Problem, IReadOnlyCollection<long> Chosen, string? NewLabel, string? Reason);
