using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.AspNetCore.Security.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Pages.SignIn;

/// <summary><c>/sign-in</c> and <c>/sign-out</c>, by plain forms.</summary>
internal static class SignInPages
{
    private const string Path = "/sign-in";

    public static void MapSignInPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPublicPages();
        pages.MapGet(Path, ShowAsync);
        pages.MapPost(Path, SignInAsync).LimitSignIns().LimitBody(SignInRequest.MaxBytes);
        routes.MapAdminPages().MapPost("/sign-out", SignOutAsync).LimitBody(SignInRequest.MaxBytes);
    }

    /// <summary>The page to sign in, from which one comes back to where one was.</summary>
    public static string PathTo(HttpRequest request) => $"{Path}?return={Uri.EscapeDataString(request.Path + request.QueryString)}";

    private static IResult ShowAsync(HttpContext context, AdminCredentials credentials)
    {
        var path = PageRequests.LocalOrHome(context.Request.Query["return"]);
        return Actor.Find(context.User) is null
            ? PageRoutes.Render<SignInPage>(new { Return = path, IsOff = !credentials.HasPeople })
            : TypedResults.LocalRedirect(path);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, PasswordSignIn signIn)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var path = PageRequests.LocalOrHome(form["return"]);
        if (signIn.Precheck(context) is { } refusal)
        {
            return Refuse(path, refusal, default);
        }

        var (name, password) = await SignInRequest.ReadAsync(context.Request, context.RequestAborted);
        var outcome = await signIn.TryAsync(context, name, password);
        return outcome.Refusal is { } reason ? Refuse(path, reason, outcome.Wait) : SeeOther(path);
    }

    private static RazorComponentResult Refuse(string path, SignInRefusal refusal, TimeSpan wait) => PageRoutes.Render<SignInPage>(
        new { Return = path, IsOff = refusal == SignInRefusal.Off, Refusal = refusal.ToString(), Wait = wait },
        refusal switch
        {
            SignInRefusal.Locked => StatusCodes.Status429TooManyRequests,
            SignInRefusal.Off => StatusCodes.Status403Forbidden,
            SignInRefusal.OtherSite => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status401Unauthorized,
        });

    private static async Task<IResult> SignOutAsync(
        HttpContext context, Actor actor, PersonSessions sessions, ILogger<PersonSessions> logger)
    {
        if (actor.Kind == ActorKind.Person)
        {
            await sessions.EndAsync(context);
            SignInLog.SignedOut(logger, actor.Name);
        }

        return SeeOther("/");
    }

    /// <summary>After a form that changed something: the next page is got, not posted to.</summary>
    private static RedirectHttpResult SeeOther(string path) => TypedResults.LocalRedirect(path);
}
