using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Erasure;

/// <summary><c>/erase</c>: whoever sent a photo has it erased, by the receipt that came with the answer.</summary>
internal static class ErasurePages
{
    private const string Path = "/erase";
    private const int MaxForm = 16 * 1024;

    public static void MapErasurePages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPublicPages();
        pages.MapPage<ErasurePage>(Path);
        pages.MapPost(Path, EraseAsync).LimitPredictions().LimitBody(MaxForm);
    }

    private static async Task<IResult> EraseAsync(HttpContext context, PhotoExaminer examiner)
    {
        var receipt = (await context.Request.ReadFormOfPageAsync(context.RequestAborted).ConfigureAwait(false))["receipt"].ToString();
        if (!PhotoExaminer.IsReceipt(receipt))
        {
            return PageRoutes.Render<ErasurePage>(new { Receipt = receipt, IsWrong = true }, StatusCodes.Status400BadRequest);
        }

        await examiner.EraseAsync(receipt, context.RequestAborted).ConfigureAwait(false);
        return PageRoutes.Render<ErasurePage>(new { IsDone = true });
    }
}
