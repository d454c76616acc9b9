using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Pages.Preferences;
using DandelionMl.AspNetCore.Security;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Hosting;

/// <summary>What stands before all routes of an application that is DandelionMl's alone.</summary>
internal sealed class OwnApplication(FrameworkServices framework, ErrorAnswers errors, Mounts mounts, IOptions<DandelionMlWebOptions> options)
    : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
    {
        // Without known proxies, their headers are anybody's claim and are not read.
        if (options.Value.Security.Proxies.Count > 0)
        {
            application.UseForwardedHeaders();
        }

        application.Use(AnswerAsync);
        if (options.Value.Security.Hsts)
        {
            application.UseHsts();
        }

        next(application);
    };

    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        SecurityHeaders.AddTo(context);
        var services = framework.Over(context.RequestServices);
        await using var servicesLifetime = services.ConfigureAwait(false);
        if (mounts.Api?.Rest(context).StartsWithSegments("/api") is not true)
        {
            Languages.Speak(context);
        }

        await errors.GuardAsync(context, () => next(context), services).ConfigureAwait(false);
    }
}
