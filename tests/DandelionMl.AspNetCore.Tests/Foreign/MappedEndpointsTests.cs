using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.RegularExpressions;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Foreign;

/// <summary>DandelionMl under a prefix of somebody's application.</summary>
public sealed partial class MappedEndpointsTests
{
    [Fact]
    public async Task Addresses_in_pages_and_answers_are_below_the_prefix_and_the_applications_base()
    {
        await using var application = await ForeignApplication.StartAsync(use: web => web.UsePathBase("/base").UseRouting());

        Assert.Contains("<base href=\"/base/plants/\"", await PageAsync(application, "base/plants/"), StringComparison.Ordinal);
        Assert.Contains("<base href=\"/plants/\"", await PageAsync(application, "plants"), StringComparison.Ordinal);
        using var refused = await application.Client.SendAsync("GET", "base/plants/models?skip=50", ("Accept", BrowserRequests.Accept));
        Assert.Equal("/base/plants/sign-in?return=%2Fbase%2Fplants%2Fmodels%3Fskip%3D50", refused.Headers.Location?.OriginalString);
        using var home = await application.Client.SendAsync("GET", "base/plants/");
        Assert.Equal("/base/plants/scalar", (await HostClient.BodyAsync(home)).GetProperty("documentation").GetString());
        Assert.Contains("\"url\":\"plants/openapi/v1.json\"", await PageAsync(application, "plants/scalar/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await application.Client.StatusAsync("GET", "predict"));
    }

    [Fact]
    public async Task Page_names_no_address_outside_the_prefix_and_all_of_its_files_are_there()
    {
        await using var application = await ForeignApplication.StartAsync();
        foreach (var path in new[] { "plants", "plants/predict", "plants/sign-in" })
        {
            var addresses = Address().Matches(await PageAsync(application, path)).Select(match => match.Groups[1].Value).Where(address => address != "/plants/").ToList();

            Assert.InRange(addresses.Count, 5, int.MaxValue);
            foreach (var address in addresses.Where(address => !address.StartsWith($"/{path}#", StringComparison.Ordinal)))
            {
                Assert.False(address.StartsWith('/'), $"{path}: {address}");
                var status = await application.Client.StatusAsync("GET", $"plants/{address}", ("Accept", BrowserRequests.Accept));
                Assert.True(status is HttpStatusCode.OK or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Found, $"{path}: {address} is {status}");
            }
        }
    }

    [Fact]
    public async Task Session_and_its_cookies_are_good_below_the_prefix_alone()
    {
        var hash = AdminPassword.Hash("correct horse battery");
        await using var application = await ForeignApplication.StartAsync(options: options => options.Admin.Passwords["anna"] = hash);
        using var content = JsonContent.Create(new { name = "anna", password = "correct horse battery" });
        using var response = await application.Client.SendAsync("POST", "plants/api/v1/session", content: content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.All(response.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("path=/plants;", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(HttpStatusCode.OK, await application.Client.StatusAsync("GET", "plants/api/v1/models"));
        Assert.Equal(HttpStatusCode.OK, await application.Client.StatusAsync("GET", "plants/models", ("Accept", BrowserRequests.Accept)));
        Assert.Equal(HttpStatusCode.BadRequest, await application.Client.StatusAsync("POST", "plants/api/v1/review/take"));
    }

    [Fact]
    public async Task Conventions_reach_every_endpoint()
    {
        await using var application = await ForeignApplication.StartAsync(
            conventions: endpoints => endpoints.WithMetadata(new Marked()).RequireHost("plants.example"));
        var endpoints = application.Get<EndpointDataSource>().Endpoints;

        Assert.InRange(endpoints.Count, 80, int.MaxValue);
        Assert.Equal("/own", Assert.IsType<RouteEndpoint>(Assert.Single(endpoints, item => item.Metadata.GetMetadata<Marked>() is null)).RoutePattern.RawText);
        Assert.All(
            endpoints.Where(item => item.Metadata.GetMetadata<Marked>() is not null),
            item => Assert.NotNull(item.Metadata.GetMetadata<EndpointRules>()));
        Assert.Equal(HttpStatusCode.NotFound, await application.Client.StatusAsync("GET", "plants/predict"));
        Assert.Equal(HttpStatusCode.OK, await application.Client.StatusAsync("GET", "plants/predict", ("Host", "plants.example")));
    }

    [Fact]
    public async Task Applications_own_authorization_holds_on_top()
    {
        await using var application = await ForeignApplication.StartAsync(
            AddOwnUsers, conventions: endpoints => endpoints.RequireAuthorization());

        Assert.Equal(HttpStatusCode.Unauthorized, await application.Client.StatusAsync("GET", "plants/predict"));
        Assert.Equal(HttpStatusCode.OK, await application.Client.StatusAsync("GET", "plants/predict", ("X-User", "bob")));
        Assert.Equal(HttpStatusCode.Unauthorized, await application.Client.StatusAsync("GET", "plants/api/v1/models", ("X-User", "bob")));
    }

    [Fact]
    public async Task Administrators_are_those_of_the_applications_policy_where_it_names_one()
    {
        await using var application = await ForeignApplication.StartAsync(AddOwnUsers, options: options => options.AdministratorPolicy = "gardeners");
        var client = application.Client;

        using var who = await client.SendAsync("GET", "plants/api/v1/session", ("X-User", "gardener: rose"));
        var session = await HostClient.BodyAsync(who);
        Assert.Equal("gardener_ rose", session.GetProperty("name").GetString());
        Assert.NotNull(session.GetProperty("antiforgeryToken").GetString());
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", "plants/models", ("X-User", "gardener")));
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync("GET", "plants/api/v1/models", ("X-User", "bob")));
        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("GET", "plants/api/v1/models"));
        Assert.Equal(HttpStatusCode.BadRequest, await client.StatusAsync("POST", "plants/api/v1/review/take", ("X-User", "gardener")));

        // Its own passwords and keys count for nothing.
        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("GET", "plants/api/v1/models", ("X-Api-Key", application.Key)));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await client.StatusAsync("POST", "plants/api/v1/session"));
        using var back = await client.SendAsync("GET", "plants/sign-in?return=/plants/review", ("X-User", "gardener"));
        Assert.Equal("/plants/review", back.Headers.Location?.OriginalString);

        // What is for anyone is for anyone.
        var page = await PageAsync(application, "plants/predict");
        Assert.DoesNotContain("sign-in-dialog", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_that_the_application_lacks_is_named()
    {
        await using var application = await ForeignApplication.StartAsync(options: options => options.AdministratorPolicy = "nobody");

        Assert.Equal(HttpStatusCode.InternalServerError, await application.Client.StatusAsync("GET", "plants/api/v1/models"));
    }

    [Fact]
    public void Map_without_the_services_or_twice_says_so()
    {
        var builder = WebApplication.CreateBuilder();
        using var bare = builder.Build();
        Assert.Contains("AddDandelionMlWeb", Assert.Throws<InvalidOperationException>(() => bare.MapDandelionMl("/plants")).Message, StringComparison.Ordinal);

        var full = WebApplication.CreateBuilder();
        using var folder = new TempFolder();
        full.Services.AddDandelionMl(options => options.DataDirectory = folder.Path);
        full.Services.AddDandelionMlWeb();
        using var application = full.Build();
        application.MapDandelionMlApi("/plants");
        application.MapDandelionMlPages("/flowers");
        Assert.Throws<InvalidOperationException>(() => application.MapDandelionMlApi("/more"));
    }

    private static void AddOwnUsers(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication("own").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("own", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("gardeners", policy => policy.RequireRole("gardener"));
    }

    private static async Task<string> PageAsync(ForeignApplication application, string path)
    {
        using var response = await application.Client.SendAsync("GET", path, ("Accept", BrowserRequests.Accept));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("""(?:href|src|action)="([^"]+)""")]
    private static partial Regex Address();

    private sealed class Marked;

    /// <summary>The application's users: who the header names.</summary>
    private sealed class HeaderAuthentication(
        Microsoft.Extensions.Options.IOptionsMonitor<AuthenticationSchemeOptions> options,
        Microsoft.Extensions.Logging.ILoggerFactory loggers,
        System.Text.Encodings.Web.UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-User"].ToString() is not { Length: > 0 } name)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var claims = new List<Claim> { new(ClaimTypes.Name, name) };
            if (name.StartsWith("gardener", StringComparison.Ordinal))
            {
                claims.Add(new Claim(ClaimTypes.Role, "gardener"));
            }

            var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name)));
        }
    }
}
