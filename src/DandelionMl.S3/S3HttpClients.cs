using System.Net;
using Amazon.Runtime;
using DandelionMl.Telemetry;

namespace DandelionMl.S3;

/// <summary>Makes the HTTP clients of the SDK as it makes them itself, but that a small body goes out with its request, and that its retries
/// are counted.</summary>
/// <remarks>The SDK asks before each upload whether the server would take it (<c>Expect: 100-continue</c>) and waits for the answer. That
/// spares a large body that is refused; of a photo it is one round trip in two.</remarks>
internal sealed class S3HttpClients(RetryTelemetry retries) : HttpClientFactory
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

        return new HttpClient(new SmallBodiesUnasked(new CountedRetries(connections, retries))) { Timeout = clientConfig.Timeout ?? Timeout.InfiniteTimeSpan };
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

    /// <summary>The SDK says of each request which attempt it is: <c>amz-sdk-request: attempt=2; max=5</c>.</summary>
    private sealed class CountedRetries(HttpMessageHandler inner, RetryTelemetry retries) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.TryGetValues("amz-sdk-request", out var attempts)
                && !string.Concat(attempts).Contains("attempt=1;", StringComparison.Ordinal))
            {
                retries.Retry("s3");
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
