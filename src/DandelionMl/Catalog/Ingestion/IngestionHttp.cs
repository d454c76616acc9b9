using System.Net;
using System.Net.Sockets;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>The HTTP clients that images are downloaded with.</summary>
internal static class IngestionHttp
{
    /// <summary>The name with <see cref="IHttpClientFactory"/> of the one that connects to any address.</summary>
    public const string ClientName = "DandelionMl.Ingestion";

    /// <summary>The name of the one that connects to public addresses alone. It has connections of its own, so that none is used for it that
    /// the other has made.</summary>
    public const string PublicClientName = "DandelionMl.Ingestion.Public";

    /// <summary>Makes a primary handler: no redirects, which <see cref="ImageDownload"/> follows; 15 seconds to connect; no cookies.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    };

    /// <summary>Makes a primary handler that connects to public addresses alone, and through no proxy, since that would connect for it.</summary>
    public static SocketsHttpHandler CreatePublicHandler() => CreatePublicHandler(Dns.GetHostAddressesAsync, PublicAddress.Is);

    /// <param name="resolve">Finds a host's addresses.</param>
    /// <param name="isPublic">Whether an address may be connected to.</param>
    internal static SocketsHttpHandler CreatePublicHandler(
        Func<string, CancellationToken, Task<IPAddress[]>> resolve, Func<IPAddress, bool> isPublic)
    {
        var handler = CreateHandler();
        handler.UseProxy = false;

        // The address that was judged is the one that is connected to, whatever the name stands for a moment later.
        handler.ConnectCallback = async (context, cancellationToken) =>
        {
            var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
            var addresses = await resolve(host, cancellationToken).ConfigureAwait(false);
            var allowed = addresses.Where(isPublic).ToArray();
            return allowed.Length > 0
                ? await ConnectAsync(allowed, port, cancellationToken).ConfigureAwait(false)
                : throw new PrivateAddressException(host);
        };
        return handler;
    }

    private static async Task<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A host has no public address.</summary>
internal sealed class PrivateAddressException(string host) : IOException(
    $"'{host}' is not a public address, and a run that was started over HTTP may not reach others. To allow them, set "
    + $"DandelionMl:Ingestion:{nameof(IngestionOptions.AllowPrivateAddresses)} to true on the server.");
