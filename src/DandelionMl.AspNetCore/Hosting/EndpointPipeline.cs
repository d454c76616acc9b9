using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Pages.Preferences;
using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.AspNetCore.Traffic;
using DandelionMl.Data;

namespace DandelionMl.AspNetCore.Hosting;

/// <summary>What stands before each endpoint of this library, in place of middleware, which would stand before all of the application's, too:
/// headers, language, errors, limits, who may ask. Thread-safe.</summary>
internal sealed class EndpointPipeline(
    FrameworkServices framework,
    ErrorAnswers errors,
    RateLimits limits,
    AdminGate gate,
    CookieAntiforgery antiforgery,
    PhotoReception photos,
    DatabaseCheck database,
    RecentRequests requests,
    TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var rules = context.GetEndpoint()!.Metadata.GetRequiredMetadata<EndpointRules>();
        var (application, user, begun) = (context.RequestServices, context.User, time.GetTimestamp());
        SecurityHeaders.AddTo(context);
        var services = framework.Over(application);
        await using var servicesLifetime = services.ConfigureAwait(false);
        context.RequestServices = services;
        if (!rules.IsDataOnly)
        {
            Languages.Speak(context);
        }

        try
        {
            await errors.GuardAsync(context, () => AnswerAsync(context, application, rules)).ConfigureAwait(false);
        }
        finally
        {
            (context.RequestServices, context.User) = (application, user);

            // Files and probes, which have no time limit, are no requests that somebody waits for.
            if (rules.TimeLimit is not null)
            {
                requests.Count(rules.ReadsPhotos, context.Response.StatusCode, time.GetElapsedTime(begun));
            }
        }
    }

    // Limits first, so that a flood costs nothing more.
    private async Task AnswerAsync(HttpContext context, IServiceProvider application, EndpointRules rules)
    {
        if (!await limits.PassAsync(context, rules.Frequency).ConfigureAwait(false))
        {
            return;
        }

        Task Handle() => HandleAsync(context, application, rules);
        if (rules.TimeLimit is not { } limit)
        {
            await Handle().ConfigureAwait(false);
        }

        // Photos are classified without the database; what else is asked while it is silent is not to wait long for it.
        else if (rules.ReadsPhotos || await database.IsAnsweringAsync(context.RequestAborted).ConfigureAwait(false))
        {
            await TimeLimits.EndAfterAsync(context, limit, Handle).ConfigureAwait(false);
        }
        else
        {
            await TimeLimits.EndAfterAsync(context, TimeLimits.WithoutDatabase, Handle, TimeLimits.NoDatabase).ConfigureAwait(false);
        }
    }

    private async Task HandleAsync(HttpContext context, IServiceProvider application, EndpointRules rules)
    {
        if (!await gate.PassAsync(context, application, rules).ConfigureAwait(false))
        {
            return;
        }

        if (rules.ReadsPhotos)
        {
            await photos.ReceiveAsync(context, AnswerHereAsync).ConfigureAwait(false);
        }
        else
        {
            await AnswerHereAsync().ConfigureAwait(false);
        }

        async Task AnswerHereAsync()
        {
            if (await antiforgery.PassAsync(context, rules).ConfigureAwait(false))
            {
                await rules.Handler(context).ConfigureAwait(false);
            }
        }
    }
}
