using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.HttpsPolicy;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Tests.Foreign;

/// <summary>What an application sets for itself, or leaves as the framework has it, is as before once it has DandelionMl: one test a
/// setting.</summary>
public sealed class UntouchedSettingsTests
{
    private enum Colour
    {
        Yellow,
    }

    [Fact]
    public async Task Fallback_policy_is_none_and_an_own_route_stays_open()
    {
        await using var application = await ForeignApplication.StartAsync(builder => builder.Services.AddAuthorization());

        Assert.Null(await application.Get<IAuthorizationPolicyProvider>().GetFallbackPolicyAsync());
        Assert.Equal(HttpStatusCode.OK, await application.Client.StatusAsync("GET", "own"));
    }

    [Fact]
    public async Task Answers_that_are_compressed_are_the_APIs_alone_and_none_of_them_holds_a_secret()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.AddAuthorization(), web => web.MapGet("/json", () => new { Text = new string('a', 10_000) }));

        Assert.Null(await EncodingAsync("json"));
        Assert.Equal("br", await EncodingAsync("plants/api/v1/models"));
        Assert.Null(await EncodingAsync("plants/api/v1/session"));

        async Task<string?> EncodingAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            request.Headers.Add("X-Api-Key", application.Key);
            request.Headers.Add("Accept-Encoding", "br");
            using var response = await application.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return response.Content.Headers.ContentEncoding.SingleOrDefault();
        }
    }

    [Fact]
    public async Task Authorization_result_handler_is_the_applications()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder =>
            {
                builder.Services.AddAuthorization();
                builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, Teapot>();
            },
            web => web.MapGet("/closed", () => "").RequireAuthorization(policy => policy.RequireAssertion(_ => false)));

        Assert.Equal((HttpStatusCode)418, await application.Client.StatusAsync("GET", "closed"));
        Assert.Equal(HttpStatusCode.Unauthorized, await application.Client.StatusAsync("GET", "plants/api/v1/models"));
    }

    [Fact]
    public async Task Default_scheme_is_the_only_one_that_the_application_has()
    {
        await using var application = await ForeignApplication.StartAsync(builder => builder.Services.AddAuthentication().AddCookie("own"));
        var schemes = application.Get<IAuthenticationSchemeProvider>();

        Assert.Equal("own", (await schemes.GetDefaultAuthenticateSchemeAsync())?.Name);
        Assert.Equal("own", Assert.Single(await schemes.GetAllSchemesAsync()).Name);
    }

    [Fact]
    public async Task Antiforgery_cookie_is_the_applications()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.AddAntiforgery(options => options.Cookie.Name = "own-token"),
            web => web.MapGet("/token", (HttpContext context, IAntiforgery antiforgery) => antiforgery.GetAndStoreTokens(context).HeaderName));

        using var response = await application.Client.SendAsync("GET", "token");

        Assert.StartsWith("own-token=", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Antiforgery_header_is_the_frameworks()
    {
        await using var application = await ForeignApplication.StartAsync(builder => builder.Services.AddAntiforgery());

        Assert.Equal("RequestVerificationToken", application.Get<IOptions<AntiforgeryOptions>>().Value.HeaderName);
        Assert.False(application.Get<IOptions<AntiforgeryOptions>>().Value.SuppressXFrameOptionsHeader);
    }

    [Fact]
    public async Task Hsts_is_as_long_as_the_framework_has_it_and_not_sent()
    {
        await using var application = await ForeignApplication.StartAsync();
        using var response = await application.Client.SendAsync("GET", "own");

        Assert.Equal(TimeSpan.FromDays(30), application.Get<IOptions<HstsOptions>>().Value.MaxAge);
        Assert.False(response.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Kestrel_takes_bodies_as_large_as_the_application_says()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 200_000_000));

        Assert.Equal(200_000_000, application.Get<IOptions<KestrelServerOptions>>().Value.Limits.MaxRequestBodySize);
    }

    [Fact]
    public async Task Kestrel_takes_headers_as_large_and_as_slow_as_before()
    {
        await using var application = await ForeignApplication.StartAsync();
        var (limits, usual) = (application.Get<IOptions<KestrelServerOptions>>().Value.Limits, new KestrelServerLimits());

        Assert.Equal(usual.MaxRequestHeadersTotalSize, limits.MaxRequestHeadersTotalSize);
        Assert.Equal(usual.RequestHeadersTimeout, limits.RequestHeadersTimeout);
    }

    [Fact]
    public async Task Kestrel_names_itself()
    {
        await using var application = await ForeignApplication.StartAsync();
        using var response = await application.Client.SendAsync("GET", "own");

        Assert.Equal("Kestrel", Assert.Single(response.Headers.GetValues("Server")));
    }

    [Fact]
    public async Task Security_headers_are_on_dandelions_answers_alone()
    {
        await using var application = await ForeignApplication.StartAsync();
        using var own = await application.Client.SendAsync("GET", "own");
        using var page = await application.Client.SendAsync("GET", "plants/predict");

        Assert.Equal(["Date", "Server"], own.Headers.Select(header => header.Key).Except(["Transfer-Encoding"]).Order(StringComparer.Ordinal));
        Assert.True(page.Headers.Contains("Content-Security-Policy"));
    }

    [Fact]
    public async Task Forwarded_headers_are_trusted_from_whom_the_application_says()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.Configure<ForwardedHeadersOptions>(options => options.KnownProxies.Add(IPAddress.Parse("192.0.2.7"))),
            options: dandelion => dandelion.Security.Proxies.Add("127.0.0.1"));
        var (options, usual) = (application.Get<IOptions<ForwardedHeadersOptions>>().Value, new ForwardedHeadersOptions());

        Assert.Equal([.. usual.KnownProxies, IPAddress.Parse("192.0.2.7")], options.KnownProxies);
        Assert.Equal((usual.ForwardLimit, usual.ForwardedHeaders), (options.ForwardLimit, options.ForwardedHeaders));
    }

    [Fact]
    public async Task Global_rate_limiter_is_none_and_an_own_route_unlimited()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.AddRateLimiter(_ => { }), web => web.UseRateLimiter(), options => options.Security.PredictionBurst = 1);

        Assert.Null(application.Get<IOptions<RateLimiterOptions>>().Value.GlobalLimiter);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await application.Client.StatusAsync("GET", "own"));
        }
    }

    [Fact]
    public async Task Rate_limiters_refusal_is_the_applications()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.AddRateLimiter(limiter => limiter.AddConcurrencyLimiter("none", options => options.PermitLimit = 1)));
        var options = application.Get<IOptions<RateLimiterOptions>>().Value;

        Assert.Equal(StatusCodes.Status503ServiceUnavailable, options.RejectionStatusCode);
        Assert.Null(options.OnRejected);
    }

    [Fact]
    public async Task Data_protection_has_the_applications_name_and_keys()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.AddDataProtection().SetApplicationName("own").UseEphemeralDataProtectionProvider());
        using var signedIn = await application.Client.SendAsync("GET", "plants/api/v1/session", ("X-Api-Key", application.Key));

        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        Assert.Equal("own", application.Get<IOptions<DataProtectionOptions>>().Value.ApplicationDiscriminator);
        Assert.Null(application.Get<IOptions<KeyManagementOptions>>().Value.XmlRepository);
        Assert.IsType<EphemeralDataProtectionProvider>(application.Get<IDataProtectionProvider>());
    }

    [Fact]
    public async Task OpenApi_document_of_the_application_has_its_routes_and_dandelions_has_its_own()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.AddOpenApi(), web => web.MapOpenApi());

        Assert.Equal(["/own"], await PathsAsync("openapi/v1.json"));
        var paths = await PathsAsync("plants/openapi/v1.json");
        Assert.Contains("/plants/predict", paths);
        Assert.All(paths, path => Assert.StartsWith("/plants", path, StringComparison.Ordinal));

        async Task<List<string>> PathsAsync(string address)
        {
            using var response = await application.Client.SendAsync("GET", address);
            return [.. (await HostClient.BodyAsync(response)).GetProperty("paths").EnumerateObject().Select(path => path.Name)];
        }
    }

    [Fact]
    public async Task Problems_of_the_application_are_told_as_it_says()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.AddProblemDetails(
                problems => problems.CustomizeProblemDetails = context => context.ProblemDetails.Extensions["own"] = true),
            web => web.MapGet("/problem", () => TypedResults.Problem(statusCode: 413)));
        using var own = await application.Client.SendAsync("GET", "problem", ("Accept", "text/html, application/problem+json"));
        using var dandelions = await application.Client.SendAsync("GET", "plants/api/v1/models");
        var body = await HostClient.BodyAsync(own);

        Assert.True(body.GetProperty("own").GetBoolean());
        Assert.False(body.TryGetProperty("detail", out _));
        Assert.False((await HostClient.BodyAsync(dandelions)).TryGetProperty("own", out _));
    }

    [Fact]
    public async Task Requests_that_cant_be_bound_do_not_throw()
    {
        await using var application = await ForeignApplication.StartAsync(use: web => web.MapGet("/number", (int n) => n));
        using var own = await application.Client.SendAsync("GET", "number?n=x");
        using var dandelions = await application.Client.SendAsync("GET", "plants/api/v1/models?limit=x", ("X-Api-Key", application.Key));

        Assert.False(application.Get<IOptions<RouteHandlerOptions>>().Value.ThrowOnBadRequest);
        Assert.Equal((HttpStatusCode.BadRequest, ""), (own.StatusCode, await TextAsync(own)));
        Assert.Contains("limit is 'x'", (await HostClient.BodyAsync(dandelions)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_settings_stay_the_applications_while_dandelions_description_is_as_dandelion_writes()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper));
        using var response = await application.Client.SendAsync("GET", "plants/openapi/v1.json");

        var schemas = (await HostClient.BodyAsync(response)).GetProperty("components").GetProperty("schemas");

        Assert.Equal("integer", schemas.GetProperty("PredictResponse").GetProperty("properties").GetProperty("modelVersion").GetProperty("type").GetString());
        Assert.Contains("modelVersion", schemas.GetProperty("PredictResponse").GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.DoesNotContain("MODEL_VERSION", schemas.GetRawText(), StringComparison.Ordinal);
        var (own, usual) = (application.Get<IOptions<JsonOptions>>().Value.SerializerOptions, new JsonOptions().SerializerOptions);
        Assert.Equal(JsonNamingPolicy.SnakeCaseUpper, own.PropertyNamingPolicy);
        Assert.Equal(usual.NumberHandling, own.NumberHandling);
        Assert.Empty(own.Converters);
    }

    [Fact]
    public async Task Json_is_written_as_the_application_says_and_dandelions_as_before()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper),
            web => web.MapGet("/flower", () => new { FullName = "dandelion", Colour = Colour.Yellow }));
        using var own = await application.Client.SendAsync("GET", "flower");
        using var dandelions = await application.Client.SendAsync("GET", "plants/api/v1/session", ("X-Api-Key", application.Key));

        Assert.Equal("""{"FULL_NAME":"dandelion","COLOUR":0}""", await TextAsync(own));
        Assert.Equal("key", (await HostClient.BodyAsync(dandelions)).GetProperty("kind").GetString());
        Assert.Empty(application.Get<IOptions<JsonOptions>>().Value.SerializerOptions.Converters);
    }

    [Fact]
    public async Task Errors_are_handled_by_the_application()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.AddExceptionHandler<Handler>(),
            web =>
            {
                web.UseExceptionHandler(_ => { });
                web.MapGet("/broken", string () => throw new InvalidOperationException());
            });

        Assert.Equal((HttpStatusCode)418, await application.Client.StatusAsync("GET", "broken"));
        Assert.IsType<Handler>(Assert.Single(application.Services.GetServices<IExceptionHandler>()));
    }

    [Fact]
    public async Task Forms_are_bounded_as_before()
    {
        await using var application = await ForeignApplication.StartAsync();
        var (options, usual) = (application.Get<IOptions<FormOptions>>().Value, new FormOptions());

        Assert.Equal(usual.MultipartBodyLengthLimit, options.MultipartBodyLengthLimit);
        Assert.Equal(usual.MemoryBufferThreshold, options.MemoryBufferThreshold);
    }

    [Fact]
    public async Task Address_that_is_nowhere_is_answered_by_the_application_alone()
    {
        await using var application = await ForeignApplication.StartAsync();
        using var response = await application.Client.SendAsync("GET", "nowhere", ("Accept", BrowserRequests.Accept));

        Assert.Equal((HttpStatusCode.NotFound, ""), (response.StatusCode, await TextAsync(response)));
    }

    [Fact]
    public async Task Static_files_are_the_applications_and_dandelions_are_under_its_prefix()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => Directory.CreateDirectory(Path.Combine(builder.Environment.ContentRootPath, "wwwroot", "css")),
            web =>
            {
                File.WriteAllText(Path.Combine(web.Environment.ContentRootPath, "wwwroot", "css", "site.css"), "/* own */");
                web.UseStaticFiles();
            });
        using var own = await application.Client.SendAsync("GET", "css/site.css");
        using var dandelions = await application.Client.SendAsync("GET", "plants/css/site.css");

        Assert.Equal("/* own */", await TextAsync(own));
        Assert.Equal("text/css", dandelions.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, await application.Client.StatusAsync("GET", "js/site.js"));
    }

    [Fact]
    public async Task Html_encoder_encodes_what_it_did()
    {
        await using var application = await ForeignApplication.StartAsync(builder => builder.Services.AddWebEncoders());

        Assert.Equal("&#xE9;", application.Get<HtmlEncoder>().Encode("é"));
    }

    [Fact]
    public async Task Language_is_the_applications()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.AddLocalization(options => options.ResourcesPath = "Somewhere"),
            web =>
            {
                web.UseRequestLocalization(options => options.SetDefaultCulture("de").AddSupportedCultures("de").AddSupportedUICultures("de"));
                web.MapGet("/language", () => CultureInfo.CurrentUICulture.Name);
            });
        using var own = await application.Client.SendAsync("GET", "language", ("Accept-Language", "fr"));
        using var page = await application.Client.SendAsync("GET", "plants/predict", ("Accept-Language", "fr"));

        Assert.Equal("de", await TextAsync(own));
        Assert.Contains("<html lang=\"fr\"", await TextAsync(page), StringComparison.Ordinal);
        Assert.Contains("Qu’y a-t-il", WebUtility.HtmlDecode(await TextAsync(page)).Replace('\'', '’'), StringComparison.Ordinal);
        Assert.Equal("Somewhere", application.Get<IOptions<LocalizationOptions>>().Value.ResourcesPath);
    }

    [Fact]
    public async Task Health_of_the_application_is_its_own()
    {
        await using var application = await ForeignApplication.StartAsync(
            builder => builder.Services.AddHealthChecks().AddCheck("own", () => HealthCheckResult.Healthy()), web => web.MapHealthChecks("/health"));

        Assert.Equal(["own"], application.Get<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Select(check => check.Name));
        Assert.Equal(HttpStatusCode.OK, await application.Client.StatusAsync("GET", "health"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await application.Client.StatusAsync("GET", "plants/readyz"));
    }

    [Fact]
    public async Task No_middleware_is_added()
    {
        await using var with = await ForeignApplication.StartAsync();
        await using var without = await ForeignApplication.StartAsync(withDandelion: false);

        Assert.Equal(Filters(without), Filters(with));

        static List<string?> Filters(ForeignApplication application) =>
            [.. application.Services.GetServices<IStartupFilter>().Select(filter => filter.GetType().FullName)];
    }

    [Fact]
    public async Task User_of_an_own_route_is_the_applications_even_beside_a_key_of_dandelions()
    {
        await using var application = await ForeignApplication.StartAsync(
            use: web => web.MapGet("/me", (HttpContext context) => context.User.Identity?.Name ?? "nobody"));
        using var response = await application.Client.SendAsync("GET", "me", ("X-Api-Key", application.Key));

        Assert.Equal("nobody", await TextAsync(response));
    }

    private static Task<string> TextAsync(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private sealed class Teapot : IAuthorizationMiddlewareResultHandler
    {
        public Task HandleAsync(
            RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return Task.CompletedTask;
        }
    }

    private sealed class Handler : IExceptionHandler
    {
        public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            httpContext.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return ValueTask.FromResult(true);
        }
    }
}
