using System.Net;
using DandelionMl.AspNetCore;
using DandelionMl.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

// Extensions on an application are found without a using of their own.
namespace Microsoft.AspNetCore.Builder;

/// <summary>Sets defaults for an application that only hosts DandelionMl.</summary>
public static class DandelionMlApplicationExtensions
{
    private static readonly TimeSpan _hstsAge = TimeSpan.FromDays(365);

    /// <summary>Sets defaults for the whole application, for one that has no other routes or wants the same for them: Kestrel's
    /// limits, a stop within 12 seconds, security headers on every answer, errors and unknown addresses as problems or pages, and, as
    /// <see cref="DandelionMlWebOptions.Security"/> says, forwarded headers of known proxies and HSTS.</summary>
    /// <param name="builder">The application.</param>
    /// <returns>The same builder.</returns>
    public static WebApplicationBuilder UseDandelionMlDefaults(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure<KestrelServerOptions>(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;

            // What a connection has sent and nobody has read yet; a client may hold hundreds of them.
            kestrel.Limits.MaxRequestBufferSize = 128 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });

        // Else connections share a queue a core, and a client that sends fast holds up the others of its queue.
        builder.Services.Configure<SocketTransportOptions>(static sockets => sockets.IOQueueCount = 0);

        // Before the 30 s after which Kubernetes kills: a client that sends slowly holds up no stop.
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(12));
        builder.Services.AddHsts(static hsts => hsts.MaxAge = _hstsAge);
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<DandelionMlWebOptions>>(
            static (forwarded, options) => Trust(forwarded, options.Value.Security.Proxies));
        builder.Services.AddTransient<IStartupFilter, OwnApplication>();
        return builder;
    }

    private static void Trust(ForwardedHeadersOptions forwarded, IEnumerable<string> proxies)
    {
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
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
    }
}
