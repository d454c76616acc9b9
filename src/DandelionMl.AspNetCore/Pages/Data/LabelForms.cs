using System.Globalization;
using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Labels;
using DandelionMl.Photos;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Data;

/// <summary>What the form of labels in doubt does: each photo is decided by itself, as its label was when the page was made.</summary>
internal static class LabelForms
{
    /// <summary>The field with a photo's label as the page shows it; its number follows.</summary>
    public const string Seen = "seen-";

    /// <summary>The field with the label that a person gives it, empty for none; its number follows.</summary>
    public const string Given = "given-";

    private const string Kept = "kept";
    private const string Changed = "changed";
    private const string Refused = "refusals";

    public static void MapLabelForms(this IEndpointRouteBuilder pages) => pages.MapPost("/data/labels", SettleAsync).LimitBody(BulkForms.MaxForm);

    /// <summary>What was just decided, as the address says, in words; null if it says nothing.</summary>
    public static string? SayDone(HttpContext context)
    {
        var text = context.RequestServices.GetRequiredService<IStringLocalizer<Texts>>();
        if (Number(Kept) is not { } kept || Number(Changed) is not { } changed)
        {
            return null;
        }

        return Number(Refused) is > 0 and var refused ? text["Labels.DoneSome", kept, changed, refused] : text["Labels.Done", kept, changed];

        int? Number(string name) => int.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static async Task<IResult> SettleAsync(HttpContext context, TrainingSetEditor editor, KnownLabels labels, Actor actor)
    {
        var cancellationToken = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var decisions = Read(form).ToList();
        var (kept, changed, refused) = (0, 0, 0);
        foreach (var (photo, seen, given) in decisions)
        {
            if (await IsRefusedAsync(photo, seen, given).ConfigureAwait(false))
            {
                refused++;
            }
            else if (seen == given)
            {
                kept++;
            }
            else
            {
                changed++;
            }
        }

        return PageRoutes.SeeOther(string.Create(
            CultureInfo.InvariantCulture, $"data/labels?{Kept}={kept}&{Changed}={changed}&{Refused}={refused}"));

        async Task<bool> IsRefusedAsync(long photo, string seen, string given)
        {
            try
            {
                return await labels.FindUnknownAsync(given, cancellationToken).ConfigureAwait(false) is not null
                    || !(await editor.SettleLabelAsync(photo, seen, given, actor.AuditName, cancellationToken).ConfigureAwait(false)).IsAccepted;
            }
            catch (InvalidLabelException)
            {
                return true;
            }
        }
    }

    private static IEnumerable<(long Photo, string Seen, string Given)> Read(IFormCollection form) =>
        from field in form.Keys
        where field.StartsWith(Given, StringComparison.Ordinal) && form[field].ToString().Length > 0
        let number = field[Given.Length..]
        where long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select (long.Parse(number, CultureInfo.InvariantCulture), form[Seen + number].ToString(), form[field].ToString());
}
