using System.Net;

namespace DandelionMl.IntegrationTests.Hosts;

/// <summary>Requests with a photo.</summary>
internal static class PhotoRequests
{
    private const int MostAttempts = 10;

    /// <summary>Sends a photo; again where the host answers 503, as it does while its first model is loaded: on a machine that is busy with other tests
    /// that may take seconds.</summary>
    /// <returns>The answer, a successful one.</returns>
    public static async Task<HttpResponseMessage> PostPhotoAsync(this HttpClient client, string path, byte[] photo)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(photo), "file", "photo.jpg" } };
            var response = await client.PostAsync(new Uri(path, UriKind.Relative), form, TestContext.Current.CancellationToken);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || attempt == MostAttempts)
            {
                return response.EnsureSuccessStatusCode();
            }

            response.Dispose();
        }
    }
}
