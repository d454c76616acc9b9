using System.Net;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Pages;
using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Security;

/// <summary>Every route of the real application is for anyone, and named here, or guarded in every way.</summary>
public sealed class EndpointMatrixTests
{
    /// <summary>A route that is for anyone is added here on purpose.</summary>
    private static readonly string[] Public =
    [
        "GET /",
        "* /healthz",
        "* /readyz",
        "GET /openapi/v1.json",
        "GET /scalar/favicon.svg",
        "GET /scalar/scalar.aspnetcore.js",
        "GET /scalar/scalar.js",
        "GET /scalar/{documentName?}",
        "GET /api/v1/training-photos/{code}/picture",
        "POST /api/v1/erasures",
        "POST /api/v1/session",
        "POST /api/v1/suggestions",
        "POST /api/v1/uploads",
        "POST /check_duplicate",
        "GET /erase",
        "GET /favicon.ico",
        "GET /manifest.webmanifest",
        "POST /erase",
        "GET /predict",
        "POST /predict",
        "POST /predict/photo",
        "POST /predict/photos",
        "POST /predict/suggestion",
        "POST /preferences",
        "GET /sign-in",
        "POST /sign-in",
    ];

    /// <summary>What is in them is anybody's to see: styles, scripts, pictures.</summary>
    private static readonly HashSet<string> _files = [.. new PageAssets().Paths];

    private static readonly Dictionary<string, string?> ManySignIns = new()
    {
        ["Security:SignInsPerMinute"] = "1000",
        ["Security:SignInsPerMinuteOfAll"] = "1000",
    };

    [Fact]
    public async Task Every_route_is_public_by_name_or_for_administrators()
    {
        await using var host = await HostApplication.StartAsync();

        Assert.Empty(Unguarded(host).Except(Public));
        Assert.Empty(Public.Except(Unguarded(host)));
        Assert.NotEmpty(AdminRoutes(host));
    }

    [Fact]
    public async Task New_route_that_is_opened_is_found_and_one_that_says_nothing_is_refused()
    {
        await using var host = await HostApplication.StartAsync(map: application =>
        {
            application.MapGet("/forgotten", () => "secret");
            application.MapPost("/api/v1/opened", () => "secret").ForAnyone();
            application.MapAdminApi().MapGet("/reopened", () => "secret").ForAnyone();
            application.MapAdminApi().MapGet("/kept", () => "secret").AllowAnonymous();
        });

        Assert.Equal(
            ["GET /api/v1/reopened", "POST /api/v1/opened"],
            Unguarded(host).Except(Public).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, await host.CreateClient().StatusAsync("GET", "forgotten"));
        Assert.Equal(HttpStatusCode.Unauthorized, await host.CreateClient().StatusAsync("GET", "api/v1/kept"));
    }

    [Fact]
    public async Task Admin_route_refuses_anonymous_and_wrong_keys()
    {
        await using var host = await HostApplication.StartAsync(settings: ManySignIns);
        var (anonymous, person) = (host.CreateClient(), await host.SignInAsync());
        foreach (var (method, path) in AdminRoutes(host))
        {
            Expect(HttpStatusCode.Unauthorized, await anonymous.StatusAsync(method, path), method, path);
            foreach (var wrong in new[] { "", "x", host.Key[..^1], host.Key + "x", host.Key.ToUpperInvariant() })
            {
                Expect(HttpStatusCode.Unauthorized, await anonymous.StatusAsync(method, path, ("X-Api-Key", wrong)), method, path);
                Expect(HttpStatusCode.Unauthorized, await anonymous.StatusAsync(method, path, ("Authorization", $"Bearer {wrong}")), method, path);

                // A cookie beside it does not help.
                Expect(HttpStatusCode.Unauthorized, await person.StatusAsync(method, path, ("X-Api-Key", wrong)), method, path);
            }
        }
    }

    [Fact]
    public async Task Admin_route_refuses_an_expired_or_forged_cookie()
    {
        await using var host = await HostApplication.StartAsync();
        var (person, forger) = (await host.SignInAsync(), host.CreateClient());
        forger.CopyCookies(person);
        var session = forger.Cookies.GetAllCookies()["dandelion-session"]!;
        session.Value = session.Value[..^4] + (session.Value.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
        foreach (var (method, path) in AdminRoutes(host))
        {
            Expect(HttpStatusCode.Unauthorized, await forger.StatusAsync(method, path, ("X-Csrf-Token", person.Token!)), method, path);
        }

        Assert.Equal(HttpStatusCode.OK, await person.StatusAsync("GET", "api/v1/session"));
        host.Time.Advance(TimeSpan.FromHours(8) + TimeSpan.FromSeconds(1));
        foreach (var (method, path) in AdminRoutes(host))
        {
            Expect(HttpStatusCode.Unauthorized, await person.StatusAsync(method, path, ("X-Csrf-Token", person.Token!)), method, path);
        }
    }

    [Fact]
    public async Task Admin_route_that_changes_refuses_a_cookie_without_its_own_antiforgery_token()
    {
        await using var host = await HostApplication.StartAsync(settings: ManySignIns);
        var (person, other) = (await host.SignInAsync(), await host.SignInAsync());
        var changing = AdminRoutes(host).Where(route => route.Method is not "GET").ToList();

        Assert.NotEmpty(changing);
        foreach (var (method, path) in changing)
        {
            Expect(HttpStatusCode.BadRequest, await person.StatusAsync(method, path), method, path);
            foreach (var wrong in new[] { "x", person.Token![..^2] + "xx", other.Token! })
            {
                using var response = await person.SendAsync(method, path, ("X-Csrf-Token", wrong));
                Expect(HttpStatusCode.BadRequest, response.StatusCode, method, path);
                Assert.Contains("antiforgery", (await HostClient.BodyAsync(response)).GetProperty("title").GetString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Admin_route_lets_in_a_right_key_and_a_session_with_its_token()
    {
        await using var host = await HostApplication.StartAsync(settings: ManySignIns);
        var person = await host.SignInAsync();
        foreach (var (method, path) in AdminRoutes(host))
        {
            var refused = new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden };
            Assert.DoesNotContain(await host.CreateClient().StatusAsync(method, path, ("X-Api-Key", host.Key)), refused);
            Assert.DoesNotContain(await host.CreateClient().StatusAsync(method, path, ("Authorization", $"Bearer {host.Key}")), refused);

            // A route may have signed the person out; to sign in again each time costs a password's hash.
            if (await person.StatusAsync("GET", "api/v1/session") != HttpStatusCode.OK)
            {
                person = await host.SignInAsync();
            }

            using var response = await person.SendAsync(method, path, ("X-Csrf-Token", person.Token!));
            Assert.DoesNotContain(response.StatusCode, refused);
            Assert.DoesNotContain("antiforgery token is missing", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Admin_route_is_off_without_password_and_key_and_says_so()
    {
        await using var host = await HostApplication.StartAsync(withAdmin: false);
        var client = host.CreateClient();
        foreach (var (method, path) in AdminRoutes(host).Append(("POST", "api/v1/session")))
        {
            using var response = await client.SendAsync(method, path);
            Expect(HttpStatusCode.Forbidden, response.StatusCode, method, path);
            Assert.Equal("Administration is off", (await HostClient.BodyAsync(response)).GetProperty("title").GetString());
        }

        Assert.Contains("Administration is off", host.Logs.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", ""));
    }

    private static void Expect(HttpStatusCode expected, HttpStatusCode actual, string method, string path) =>
        Assert.True(expected == actual, $"{method} {path} answered {actual}, not {expected}");

    private static IEnumerable<RouteEndpoint> Routes(HostApplication host)
    {
        var endpoints = host.Application.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        return endpoints.Select(endpoint => Assert.IsAssignableFrom<RouteEndpoint>(endpoint));
    }

    private static bool IsGuarded(RouteEndpoint route) =>
        route.Metadata.GetMetadata<EndpointRules>() is { IsForAnyone: false };

    private static IEnumerable<string> Methods(RouteEndpoint route) => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"];

    private static List<string> Unguarded(HostApplication host) =>
    [
        .. from route in Routes(host)
           where !IsGuarded(route) && route.RoutePattern.RawText is { } path && !_files.Contains(path.Trim('/'))
           from method in Methods(route)
           select $"{method} /{route.RoutePattern.RawText?.Trim('/')}",
    ];

    /// <summary>Every guarded route with something in place of its parameters.</summary>
    private static List<(string Method, string Path)> AdminRoutes(HostApplication host) =>
    [
        .. from route in Routes(host)
           where IsGuarded(route)
           from method in Methods(route)
           select (method == "*" ? "POST" : method, string.Join('/', route.RoutePattern.PathSegments.Select(Fill))),
    ];

    private static string Fill(RoutePatternPathSegment segment) => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter when parameter.ParameterPolicies.Any(policy => policy.Content == "guid") => Guid.Empty.ToString(),
        _ => "1",
    }));
}
