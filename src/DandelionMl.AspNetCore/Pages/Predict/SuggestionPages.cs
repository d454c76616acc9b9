using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Classification;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary><c>/predict/suggestion</c>: what the sender of a photo says is on it, from the form under the answer. The receipt in it is known to
/// the sender alone, so that no other site can send it, and nobody for another's photo.</summary>
internal static class SuggestionPages
{
    public const string Path = "/predict/suggestion";

    private const int MaxForm = 16 * 1024;

    public static void MapSuggestionPages(this IEndpointRouteBuilder routes) =>
        routes.MapPublicPages().MapPost(Path, SuggestAsync).LimitPredictions().LimitBody(MaxForm);

    private static async Task<IResult> SuggestAsync(HttpContext context, Classifier classifier, PhotoExaminer examiner)
    {
        var form = await context.Request.ReadFormOfPageAsync(context.RequestAborted).ConfigureAwait(false);
        var (receipt, label) = (form["receipt"].ToString(), form["label"].ToString());
        if (!PhotoExaminer.IsReceipt(receipt) || !classifier.IsClass(label))
        {
            return PageRoutes.Render<SuggestionPage>(new { IsWrong = true }, StatusCodes.Status400BadRequest);
        }

        await examiner.SuggestAsync(receipt, label, context.RequestAborted).ConfigureAwait(false);
        return PageRoutes.Render<SuggestionPage>();
    }
}
