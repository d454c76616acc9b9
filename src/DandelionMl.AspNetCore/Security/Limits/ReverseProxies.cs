using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>Behind reverse proxies that are configured, the client is who they say; without, their headers are anybody's claim and
/// are not read.</summary>
internal static class ReverseProxies
{
    public static void AddReverseProxies(this IServiceCollection services) => services.AddOptions<ForwardedHeadersOptions>()
        .Configure<IOptions<SecurityOptions>>((forwarded, options) =>
        {
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in options.Value.Proxies)
            {
                if (IPAddress.TryParse(proxy, out var address))
                {
                    forwarded.KnownProxies.Add(address);
                }
                else
                {
                    forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
                }
            }

            // As far back as each is a proxy that is known.
            forwarded.ForwardLimit = null;
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        });

    public static void UseReverseProxies(this WebApplication application)
    {
        if (application.Services.GetRequiredService<IOptions<SecurityOptions>>().Value.Proxies.Count > 0)
        {
            application.UseForwardedHeaders();
        }
    }
}
