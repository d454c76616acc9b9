using System.Net;
using System.Net.Http.Json;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Security;

public sealed class SignInLimitTests
{
    private static readonly Dictionary<string, string?> Lockout = new()
    {
        ["Security:SignInsPerMinute"] = "1000",
        ["Security:SignInsPerMinuteOfAll"] = "1000",
    };

    [Fact]
    public async Task Failed_sign_ins_make_even_the_right_password_wait_and_the_wait_ends()
    {
        await using var host = await HostApplication.StartAsync(settings: Lockout);
        var client = host.CreateClient();
        await FailAsync(client, SignInLockout.FreeFailures);

        using (var locked = await client.SignInAsync(HostApplication.Person, HostApplication.Password))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
            Assert.Equal("15", Assert.Single(locked.Headers.GetValues("Retry-After")));
            Assert.Equal("application/problem+json", locked.Content.Headers.ContentType?.MediaType);
        }

        host.Time.Advance(SignInLockout.FirstDelay);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client));

        // Having been right, it starts anew.
        await FailAsync(client, SignInLockout.FreeFailures - 1);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client));
    }

    [Fact]
    public async Task Failed_sign_ins_of_others_never_lock_out_a_browser_that_signed_in_before()
    {
        await using var host = await HostApplication.StartAsync(settings: Lockout);
        var (owner, attacker) = (await host.SignInAsync(), host.CreateClient());

        await FailAsync(attacker, SignInLockout.FreeFailures);

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(attacker));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(owner));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(host.CreateClient()));
    }

    [Fact]
    public async Task Sign_ins_that_come_at_once_gain_nothing()
    {
        await using var host = await HostApplication.StartAsync(settings: Lockout);
        var client = host.CreateClient();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var response = await client.SignInAsync(HostApplication.Person, "wrong");
            return response.StatusCode;
        }));

        Assert.Equal(SignInLockout.FreeFailures, answers.Count(status => status == HttpStatusCode.Unauthorized));
        Assert.Equal(20 - SignInLockout.FreeFailures, answers.Count(status => status == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Sign_ins_of_one_client_are_limited_before_their_body_is_read()
    {
        await using var host = await HostApplication.StartAsync(settings: new() { ["Security:SignInsPerMinute"] = "2" });
        var client = host.CreateClient();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host.CreateClient()));

        using var response = await host.CreateClient().SendAsync("POST", "api/v1/session");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.InRange(int.Parse(Assert.Single(response.Headers.GetValues("Retry-After")), null), 1, 30);
        var problem = await HostClient.BodyAsync(response);
        Assert.Equal("Too many requests", problem.GetProperty("title").GetString());
        Assert.Contains("DandelionMl:Security:SignInsPerMinute sets", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Try again in 30 s.")]
    [InlineData("fr", "Réessayez dans 30 s.")]
    public async Task Person_who_signs_in_too_often_is_told_for_how_long_to_wait(string language, string expected)
    {
        await using var host = await HostApplication.StartAsync(settings: new() { ["Security:SignInsPerMinute"] = "2" });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host.CreateClient()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host.CreateClient()));

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("sign-in", UriKind.Relative));
        request.Headers.Accept.ParseAdd(BrowserRequests.Accept);
        request.Headers.AcceptLanguage.ParseAdd(language);
        using var response = await host.CreateClient().SendAsync(request);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        var page = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains(expected, page, StringComparison.Ordinal);
        Assert.DoesNotContain("Retry-After", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_ins_of_all_clients_are_limited_but_for_browsers_that_signed_in_before()
    {
        await using var host = await HostApplication.StartAsync(settings: new()
        {
            ["Security:SignInsPerMinuteOfAll"] = "3",
            ["Security:Proxies:0"] = "127.0.0.0/8",
        });
        var owner = await host.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusFromAsync(host.CreateClient(), "192.0.2.1"));
        Assert.Equal(HttpStatusCode.OK, await StatusFromAsync(host.CreateClient(), "192.0.2.2"));

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusFromAsync(host.CreateClient(), "192.0.2.3"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(owner));
    }

    [Fact]
    public async Task Forwarded_address_is_believed_of_a_configured_proxy_alone()
    {
        foreach (var isProxy in new[] { true, false })
        {
            await using var host = await HostApplication.StartAsync(settings: new()
            {
                ["Security:SignInsPerMinute"] = "1",
                ["Security:Proxies:0"] = isProxy ? "127.0.0.1" : "192.0.2.77",
            });
            Assert.Equal(HttpStatusCode.OK, await StatusFromAsync(host.CreateClient(), "192.0.2.1"));

            Assert.Equal(
                isProxy ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, await StatusFromAsync(host.CreateClient(), "192.0.2.2"));
        }
    }

    private static async Task FailAsync(HostClient client, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var response = await client.SignInAsync(HostApplication.Person, "wrong");
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HostClient client)
    {
        using var response = await client.SignInAsync(HostApplication.Person, HostApplication.Password);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> StatusFromAsync(HostClient client, string address)
    {
        using var content = JsonContent.Create(new { name = HostApplication.Person, password = HostApplication.Password });
        using var response = await client.SendAsync("POST", "api/v1/session", ("X-Forwarded-For", address), content);
        return response.StatusCode;
    }
}
