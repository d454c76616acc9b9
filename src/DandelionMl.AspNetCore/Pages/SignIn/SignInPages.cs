using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
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
        // Where a policy of the application's says who may administer, people sign in there, and come back here.
        if (routes.ServiceProvider.GetRequiredService<ApplicationPolicy>().IsGiven)
        {
            routes.MapAdminPages().MapGet(Path, (PageAddress address, HttpContext context) => Return(address, context));
            return;
        }

        var pages = routes.MapPublicPages();
        pages.MapGet(Path, Show);
        pages.MapPost(Path, SignInAsync).LimitSignIns().LimitBody(SignInRequest.MaxBytes);
        routes.MapAdminPages().MapPost("/sign-out", SignOutAsync).LimitBody(SignInRequest.MaxBytes);
    }

    /// <summary>The address of the page to sign in, from which one comes back to where one was.</summary>
    public static string AddressFrom(HttpContext context)
    {
        var here = context.Request.PathBase.ToUriComponent() + context.Request.Path.ToUriComponent() + context.Request.QueryString;
        return $"{Mount.RootOf(context)}{Path}?return={Uri.EscapeDataString(here)}";
    }

    private static IResult Show(HttpContext context, PageAddress address, AdminCredentials credentials) =>
        Actor.Find(context.User) is null
            ? PageRoutes.Render<SignInPage>(new { Return = address.LocalOrHome(context.Request.Query["return"]), IsOff = !credentials.HasPeople })
            : Return(address, context);

    private static RedirectHttpResult Return(PageAddress address, HttpContext context) =>
        TypedResults.LocalRedirect(address.LocalOrHome(context.Request.Query["return"]));

    private static async Task<IResult> SignInAsync(HttpContext context, PageAddress address, PasswordSignIn signIn)
    {
        var form = await context.Request.ReadFormOfPageAsync(context.RequestAborted).ConfigureAwait(false);
        var path = address.LocalOrHome(form["return"]);
        if (signIn.Precheck(context) is { } refusal)
        {
            return Refuse(path, refusal, default);
        }

        var (name, password) = await SignInRequest.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var outcome = await signIn.TryAsync(context, name, password).ConfigureAwait(false);
        return outcome.Refusal is { } reason ? Refuse(path, reason, outcome.Wait) : TypedResults.LocalRedirect(path);
    }

    private static PageResult Refuse(string path, SignInRefusal refusal, TimeSpan wait) => PageRoutes.Render<SignInPage>(
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
            await sessions.EndAsync(context).ConfigureAwait(false);
            SignInLog.SignedOut(logger, actor.Name);
        }

        return PageRoutes.SeeOther("");
    }
}
