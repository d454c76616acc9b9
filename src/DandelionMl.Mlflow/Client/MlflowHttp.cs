using System.Net.Http.Headers;
using System.Text;

namespace DandelionMl.Mlflow.Client;

/// <summary>Makes the HTTP client of a server.</summary>
internal static class MlflowHttp
{
    private const string WorkspaceHeader = "X-MLFLOW-WORKSPACE";

    // The server closes a connection that was idle for 5 seconds: one that is used again just then fails.
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(3);

    // A name may stand for another address some time.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static SocketsHttpHandler CreateHandler() => new()
    {
        // One that leads elsewhere is told of: credentials are for the server that was named.
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionIdleTimeout = IdleTime,
        PooledConnectionLifetime = ConnectionLifetime,
    };

    public static HttpClient Create(MlflowOptions options, HttpMessageHandler handler)
    {
        var client = new HttpClient(handler)
        {
            BaseAddress = new Uri(options.TrackingUri!.AbsoluteUri.TrimEnd('/') + '/'),

            // Each request has its own, by the application's clock.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("DandelionMl", Telemetry.LibraryTelemetry.Version));
        if (!string.IsNullOrEmpty(options.Workspace))
        {
            client.DefaultRequestHeaders.Add(WorkspaceHeader, options.Workspace);
        }

        if (!string.IsNullOrEmpty(options.Token))
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        }
        else if (!string.IsNullOrEmpty(options.Username))
        {
            var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Username}:{options.Password}"));
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", pair);
        }

        return client;
    }
}
