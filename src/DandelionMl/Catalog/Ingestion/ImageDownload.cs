using System.Net;
using System.Net.Http.Headers;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Asks a server for an image, and follows its redirects: at most 5, to <c>http</c> and <c>https</c> alone, and never from
/// <c>https</c> to <c>http</c>.</summary>
internal sealed class ImageDownload(IHttpClientFactory http)
{
    private const int MaxRedirects = 5;

    // Some hosts refuse programs that do not say who they are.
    private static readonly ProductInfoHeaderValue UserAgent = new("DandelionMl", typeof(ImageDownload).Assembly.GetName().Version!.ToString(3));

    /// <returns>The first answer that is no redirect, its body not read yet.</returns>
    /// <exception cref="HttpRequestException">There is no answer, or it leads where it may not.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri source, SourceRules rules, CancellationToken cancellationToken)
    {
        using var client = http.CreateClient(rules.IsPublicOnly ? IngestionHttp.PublicClientName : IngestionHttp.ClientName);
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, source);
            request.Headers.UserAgent.Add(UserAgent);
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(response.StatusCode) || response.Headers.Location is null)
            {
                return response;
            }

            using (response)
            {
                source = redirects < MaxRedirects
                    ? Target(source, response)
                    : throw Refused(response, $"it redirects more than {MaxRedirects} times.");
            }
        }
    }

    private static Uri Target(Uri source, HttpResponseMessage response)
    {
        // Location may be any text, and so no address at all.
        if (!Uri.TryCreate(source, response.Headers.Location, out var target))
        {
            throw Refused(response, "it redirects to what is not a valid address.");
        }

        if (target.Scheme != Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttp)
        {
            throw Refused(response, $"it redirects to an address of scheme '{target.Scheme}'; only http and https are followed.");
        }

        return source.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp
            ? throw Refused(response, "it redirects from https to http, which is not followed.")
            : target;
    }

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect or HttpStatusCode.MultipleChoices;

    private static HttpRequestException Refused(HttpResponseMessage response, string why) =>
        new($"The server answered {(int)response.StatusCode}: {why}", inner: null, response.StatusCode);
}
