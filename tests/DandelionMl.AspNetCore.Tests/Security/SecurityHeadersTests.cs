using System.Net;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Security;

public sealed class SecurityHeadersTests
{
    [Theory]
    [InlineData("GET", "", HttpStatusCode.OK)]
    [InlineData("GET", "healthz", HttpStatusCode.OK)]
    [InlineData("GET", "readyz", HttpStatusCode.ServiceUnavailable)]
    [InlineData("GET", "openapi/v1.json", HttpStatusCode.OK)]
    [InlineData("GET", "scalar", HttpStatusCode.Found)]
    [InlineData("GET", "scalar/", HttpStatusCode.OK)]
    [InlineData("GET", "scalar/scalar.js", HttpStatusCode.OK)]
    [InlineData("GET", "nowhere", HttpStatusCode.NotFound)]
    [InlineData("GET", "predict", HttpStatusCode.OK)]
    [InlineData("DELETE", "predict", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "predict", HttpStatusCode.BadRequest)]
    [InlineData("GET", "api/v1/models", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "broken", HttpStatusCode.InternalServerError)]
    public async Task Every_kind_of_answer_has_them(string method, string path, HttpStatusCode status)
    {
        await using var host = await HostApplication.StartAsync(map: application =>
            application.MapGet("/broken", string () => throw new InvalidOperationException("a secret of the program")).ForAnyone());

        using var response = await host.CreateClient().SendAsync(method, path);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("DENY", Header(response, "X-Frame-Options"));
        Assert.Equal("same-origin", Header(response, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(response, "Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Header(response, "Cross-Origin-Resource-Policy"));
        Assert.Contains("geolocation=()", Header(response, "Permissions-Policy"), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", Header(response, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", Header(response, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Strict-Transport-Security"));
        Assert.DoesNotContain(
            "a secret", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_runs_nothing_and_pages_run_files_of_this_host_and_their_own_scripts()
    {
        await using var host = await HostApplication.StartAsync();
        var client = host.CreateClient();
        using var data = await client.SendAsync("GET", "");
        using var page = await client.SendAsync("GET", "scalar/");
        using var again = await client.SendAsync("GET", "scalar/");

        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Header(data, "Content-Security-Policy"));
        var policy = Header(page, "Content-Security-Policy");
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        var scripts = policy[policy.IndexOf("script-src", StringComparison.Ordinal)..];
        Assert.DoesNotContain("unsafe-inline", scripts, StringComparison.Ordinal);
        var nonce = scripts.Split("'nonce-")[1].TrimEnd('\'');
        Assert.Contains($"nonce=\"{nonce}\"", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.NotEqual(policy, Header(again, "Content-Security-Policy"));
    }

    [Fact]
    public async Task Answers_to_administrators_are_kept_by_no_cache()
    {
        await using var host = await HostApplication.StartAsync();

        using var response = await host.CreateClient().SendAsync("GET", "api/v1/models", ("X-Api-Key", host.Key));

        Assert.Equal("no-store", Header(response, "Cache-Control"));
    }

    [Fact]
    public async Task Hsts_is_sent_over_https_where_configured()
    {
        await using var host = await HostApplication.StartAsync(settings: new()
        {
            ["Security:Hsts"] = "true",
            ["Security:Proxies:0"] = "127.0.0.1",
        });
        Assert.Equal("max-age=31536000", await FindAsync("https"));
        Assert.Null(await FindAsync("http"));

        async Task<string?> FindAsync(string scheme)
        {
            // It is never sent of localhost.
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("", UriKind.Relative));
            request.Headers.Host = "dandelion.example";
            request.Headers.Add("X-Forwarded-Proto", scheme);
            using var response = await host.CreateClient().SendAsync(request);
            return response.Headers.TryGetValues("Strict-Transport-Security", out var values) ? Assert.Single(values) : null;
        }
    }

    [Fact]
    public async Task Body_within_a_routes_own_limit_passes_above_the_groups()
    {
        await using var host = await HostApplication.StartAsync(map: application =>
        {
            var group = application.MapAdminApi();
            group.MapPost("/small", (Payload payload) => payload.Text.Length);
            group.MapPost("/large", (Payload payload) => payload.Text.Length).LimitBody(1_000_000);
        });
        var client = host.CreateClient();

        Assert.Equal(HttpStatusCode.OK, await PostAsync("api/v1/small", 60_000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync("api/v1/small", 70_000));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("api/v1/large", 70_000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync("api/v1/large", 1_100_000));

        async Task<HttpStatusCode> PostAsync(string path, int length)
        {
            using var content = System.Net.Http.Json.JsonContent.Create(new Payload(new string('x', length)));
            await content.LoadIntoBufferAsync(TestContext.Current.CancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };
            request.Headers.Add("X-Api-Key", host.Key);

            // One that is refused is answered before its body is sent.
            request.Headers.ExpectContinue = true;
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }
    }

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(
        response.Headers.TryGetValues(name, out var values) ? values : response.Content.Headers.GetValues(name));

    private sealed record Payload(string Text);
}
