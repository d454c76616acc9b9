using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.AspNetCore.Security.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/session</c>: sign in, who am I, sign out.</summary>
internal static class SessionEndpoints
{
    private const string Path = "/session";

    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        if (!routes.ServiceProvider.GetRequiredService<ApplicationPolicy>().IsGiven)
        {
            MapSignIn(routes);
        }

        routes.MapAdminApi().WithTags("Session").MapGet(Path, WhoAmI)
            .WithMetadata(new HoldsSecret())
            .WithName("WhoAmI")
            .WithSummary("Who is signed in, and the antiforgery token that changes need");
    }

    // Where a policy of the application's says who may administer, people sign in there.
    private static void MapSignIn(IEndpointRouteBuilder routes)
    {
        routes.MapPublicApi().WithTags("Session").MapPost(Path, SignInAsync)
            .LimitSignIns()
            .LimitBody(SignInRequest.MaxBytes)
            .Accepts<SignInRequest>("application/json", "application/x-www-form-urlencoded")
            .WithName("SignIn")
            .WithSummary("Sign in with a password")
            .WithDescription(
                "Sets the session's cookie. A wrong password and an unknown name get the same answer. After five failed sign-ins a "
                + "client must wait, twice as long after each further one, at most 15 minutes.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);

        routes.MapAdminApi().WithTags("Session").MapDelete(Path, SignOutAsync)
            .WithName("SignOut")
            .WithSummary("Sign out: ends the session wherever its cookie is stored")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> SignInAsync(
        HttpContext context, PasswordSignIn signIn, CookieAntiforgery antiforgery)
    {
        if (signIn.Precheck(context) is { } refusal)
        {
            return Refuse(refusal);
        }

        var (name, password) = await SignInRequest.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var outcome = await signIn.TryAsync(context, name, password).ConfigureAwait(false);
        if (outcome.Refusal == SignInRefusal.Locked)
        {
            context.Response.SetRetryAfter(outcome.Wait);
        }

        return outcome.Actor is { } actor ? TypedResults.Ok(Describe(context, actor, antiforgery)) : Refuse(outcome.Refusal!.Value);
    }

    private static ProblemHttpResult Refuse(SignInRefusal refusal) => refusal switch
    {
        SignInRefusal.OtherSite => TypedResults.Problem(
            "A page of another site can't sign in here.", statusCode: StatusCodes.Status400BadRequest),
        SignInRefusal.Off => TypedResults.Problem(
            "No password is set. Run 'dandelion admin set-password' to set one.", statusCode: StatusCodes.Status403Forbidden, title: AdminGate.OffTitle),
        SignInRefusal.Locked => TypedResults.Problem(
            "Too many sign-ins failed. Try again after the time in Retry-After.", statusCode: StatusCodes.Status429TooManyRequests),
        _ => TypedResults.Problem(
            "The name or the password is wrong.", statusCode: StatusCodes.Status401Unauthorized, title: "Not signed in"),
    };

    private static Ok<SessionResponse> WhoAmI(HttpContext context, Actor actor, CookieAntiforgery antiforgery) =>
        TypedResults.Ok(Describe(context, actor, antiforgery));

    private static async Task<Results<NoContent, ProblemHttpResult>> SignOutAsync(
        HttpContext context, Actor actor, PersonSessions sessions, ILogger<PersonSessions> logger)
    {
        if (actor.Kind == ActorKind.Key)
        {
            return TypedResults.Problem(
                "A key has no session. Use 'dandelion admin revoke-key' to revoke it.", statusCode: StatusCodes.Status400BadRequest);
        }

        await sessions.EndAsync(context).ConfigureAwait(false);
        SignInLog.SignedOut(logger, actor.Name);
        return TypedResults.NoContent();
    }

    private static SessionResponse Describe(HttpContext context, Actor actor, CookieAntiforgery antiforgery) => new(
        actor.Name,
        actor.Kind == ActorKind.Person ? "person" : "key",
        actor.Kind == ActorKind.Person ? antiforgery.CreateToken(context).RequestToken : null,
        actor.Kind == ActorKind.Person ? CookieAntiforgery.Header : null);
}

/// <summary>Who asks.</summary>
/// <param name="Name">The name of the person or of the key.</param>
/// <param name="Kind"><c>person</c> or <c>key</c>.</param>
/// <param name="AntiforgeryToken">Of a person: what every call but a GET sends along.</param>
/// <param name="AntiforgeryHeader">Of a person: the header to send it in.</param>
internal sealed record SessionResponse(string Name, string Kind, string? AntiforgeryToken, string? AntiforgeryHeader);
