namespace DandelionMl.Catalog.Ingestion;

/// <summary>The HTTP client that images are downloaded with.</summary>
internal static class IngestionHttp
{
    /// <summary>Its name with <see cref="IHttpClientFactory"/>.</summary>
    public const string ClientName = "DandelionMl.Ingestion";

    private const int MaxRedirects = 5;

    /// <summary>Makes its primary handler: at most 5 redirects, never from <c>https</c> to <c>http</c>; 15 seconds to connect; no
    /// cookies.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = true,
        MaxAutomaticRedirections = MaxRedirects,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    };
}
