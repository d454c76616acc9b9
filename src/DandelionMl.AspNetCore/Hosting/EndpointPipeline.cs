using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Pages.Preferences;
using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Hosting;

/// <summary>What stands before each endpoint of this library, in place of middleware, which would stand before all of the application's, too:
/// headers, language, errors, limits, who may ask. Thread-safe.</summary>
internal sealed class EndpointPipeline(
    FrameworkServices framework,
    ErrorAnswers errors,
    RateLimits limits,
    AdminGate gate,
    CookieAntiforgery antiforgery,
    IOptions<DandelionMlOptions> options)
{
    // A photo is kept in memory, never in a temporary file; a body above the limit is refused while it comes in.
    private readonly FormOptions _photoForm = new()
    {
        MultipartBodyLengthLimit = options.Value.Images.MaxBytes + PredictEndpoint.MultipartOverhead,
        MemoryBufferThreshold = options.Value.Images.MaxBytes,
    };

    public async Task InvokeAsync(HttpContext context)
    {
        var rules = context.GetEndpoint()!.Metadata.GetRequiredMetadata<EndpointRules>();
        var (application, user) = (context.RequestServices, context.User);
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
        }
    }

    // Limits first, so that a flood costs nothing more.
    private async Task AnswerAsync(HttpContext context, IServiceProvider application, EndpointRules rules)
    {
        if (!await limits.PassAsync(context, rules.Frequency).ConfigureAwait(false))
        {
            return;
        }

        if (rules.TimeLimit is { } limit)
        {
            await TimeLimits.EndAfterAsync(context, limit, () => HandleAsync(context, application, rules)).ConfigureAwait(false);
        }
        else
        {
            await HandleAsync(context, application, rules).ConfigureAwait(false);
        }
    }

    private async Task HandleAsync(HttpContext context, IServiceProvider application, EndpointRules rules)
    {
        if (rules.ReadsPhotos)
        {
            context.Features.Set<IFormFeature>(new FormFeature(context.Request, _photoForm));
        }

        if (await gate.PassAsync(context, application, rules).ConfigureAwait(false) && await antiforgery.PassAsync(context, rules).ConfigureAwait(false))
        {
            await rules.Handler(context).ConfigureAwait(false);
        }
    }
}
