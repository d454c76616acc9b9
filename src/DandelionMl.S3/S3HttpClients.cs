using System.Net;
using Amazon.Runtime;

namespace DandelionMl.S3;

/// <summary>Makes the HTTP clients of the SDK as it makes them itself, but that a small body goes out with its request.</summary>
/// <remarks>The SDK asks before each upload whether the server would take it (<c>Expect: 100-continue</c>) and waits for the answer. That
/// spares a large body that is refused; of a photo it is one round trip in two.</remarks>
internal sealed class S3HttpClients : HttpClientFactory
{
    // As other SDKs of AWS have it.
    private const long SmallBody = 1024 * 1024;

    // A name may stand for another address some time.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public override HttpClient CreateHttpClient(IClientConfig clientConfig)
    {
        var connections = new SocketsHttpHandler
        {
            AllowAutoRedirect = clientConfig.AllowAutoRedirect,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            PooledConnectionLifetime = ConnectionLifetime,
        };
        if (clientConfig.GetWebProxy() is { } proxy)
        {
            connections.Proxy = proxy;
        }

        return new HttpClient(new SmallBodiesUnasked(connections)) { Timeout = clientConfig.Timeout ?? Timeout.InfiniteTimeSpan };
    }

    private sealed class SmallBodiesUnasked(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content?.Headers.ContentLength < SmallBody)
            {
                request.Headers.ExpectContinue = false;
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
