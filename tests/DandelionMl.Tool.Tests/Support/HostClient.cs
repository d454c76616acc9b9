using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace DandelionMl.Tool.Tests.Support;

/// <summary>A browser, as far as cookies go.</summary>
internal sealed class HostClient : IDisposable
{
    private readonly HttpClient _http;

    public HostClient(Uri address) =>
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false }) { BaseAddress = address };

    public Uri Address => _http.BaseAddress!;

    public CookieContainer Cookies { get; } = new();

    /// <summary>The antiforgery token of the last sign-in.</summary>
    public string? Token { get; private set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<HttpResponseMessage> SignInAsync(string name, string password)
    {
        using var content = JsonContent.Create(new { name, password });
        var response = await SendAsync("POST", "api/v1/session", content: content);
        if (response.IsSuccessStatusCode)
        {
            Token = (await BodyAsync(response)).GetProperty("antiforgeryToken").GetString();
        }

        return response;
    }

    public async Task<HttpResponseMessage> SendAsync(
        string method, string path, (string Name, string Value)? header = null, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = content };
        if (header is var (name, value))
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await SendAsync(request);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http.SendAsync(request, Cancellation);

    /// <summary>The status of the answer alone.</summary>
    public async Task<HttpStatusCode> StatusAsync(string method, string path, (string Name, string Value)? header = null)
    {
        using var response = await SendAsync(method, path, header);
        return response.StatusCode;
    }

    public static async Task<JsonElement> BodyAsync(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

    /// <summary>Takes over another client's cookies, as a thief or a second tab does.</summary>
    public void CopyCookies(HostClient other) => Cookies.Add(other.Cookies.GetAllCookies());

    public void Dispose() => _http.Dispose();
}
