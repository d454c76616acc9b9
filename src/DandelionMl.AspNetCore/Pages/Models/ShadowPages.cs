using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Shadowing;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>What the forms about the shadow do.</summary>
internal static class ShadowPages
{
    private const int MaxForm = 64 * 1024;

    public static void MapShadowPages(this IEndpointRouteBuilder pages)
    {
        pages.MapPost("/models/{version:int}/shadow", StartAsync).LimitBody(MaxForm);
        pages.MapPost("/models/shadow/stop", StopAsync).LimitBody(MaxForm);
    }

    private static async Task<IResult> StartAsync(int version, ShadowSwitch shadows, Actor actor, CancellationToken cancellationToken)
    {
        await shadows.StartAsync(version, actor.AuditName, cancellationToken).ConfigureAwait(false);
        return PageRoutes.SeeOther("models#shadow");
    }

    private static async Task<IResult> StopAsync(ShadowSwitch shadows, CancellationToken cancellationToken)
    {
        await shadows.StopAsync(cancellationToken).ConfigureAwait(false);
        return PageRoutes.SeeOther("models#shadow");
    }
}
