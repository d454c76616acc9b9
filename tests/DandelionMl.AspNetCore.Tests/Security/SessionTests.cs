using System.Net;
using System.Net.Http.Json;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Security;

public sealed class SessionTests
{
    private const string Session = "api/v1/session";
    private const string Models = "api/v1/models";

    [Theory]
    [InlineData("anna")]
    [InlineData("ANNA")]
    public async Task SignIn_with_the_password_says_who_by_the_name_that_is_configured(string name)
    {
        await using var host = await HostApplication.StartAsync();
        var client = host.CreateClient();

        using var response = await client.SignInAsync(name, HostApplication.Password);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var who = await client.SendAsync("GET", Session);
        var body = await HostClient.BodyAsync(who);
        Assert.Equal(("anna", "person"), (body.GetProperty("name").GetString(), body.GetProperty("kind").GetString()));
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", Models));
    }

    [Fact]
    public async Task SignIn_by_a_form_takes_admin_where_no_name_is_sent()
    {
        await using var host = await HostApplication.StartAsync();
        host.File.Set("Passwords", "admin", HostApplication.PasswordHash);
        host.Reload();
        using var form = new FormUrlEncodedContent([new("password", HostApplication.Password)]);

        using var response = await host.CreateClient().SendAsync("POST", Session, content: form);

        Assert.Equal("admin", (await HostClient.BodyAsync(response)).GetProperty("name").GetString());
    }

    [Fact]
    public async Task SignIn_wrong_password_and_unknown_name_are_answered_alike()
    {
        await using var host = await HostApplication.StartAsync();
        var client = host.CreateClient();
        var answers = new List<string?>();
        foreach (var (name, password) in new[] { ("anna", "wrong"), ("nobody", HostApplication.Password), ("anna\0", HostApplication.Password) })
        {
            using var response = await client.SignInAsync(name, password);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            answers.Add((await HostClient.BodyAsync(response)).GetProperty("detail").GetString());
        }

        Assert.Single(answers.Distinct());
        Assert.Equal(0, client.Cookies.Count);
    }

    [Theory]
    [InlineData("cross-site", HttpStatusCode.BadRequest)]
    [InlineData("same-site", HttpStatusCode.BadRequest)]
    [InlineData("same-origin", HttpStatusCode.OK)]
    [InlineData("none", HttpStatusCode.OK)]
    public async Task SignIn_from_another_sites_page_is_refused(string site, HttpStatusCode expected)
    {
        await using var host = await HostApplication.StartAsync();
        using var content = JsonContent.Create(new { name = HostApplication.Person, password = HostApplication.Password });

        using var response = await host.CreateClient().SendAsync("POST", Session, ("Sec-Fetch-Site", site), content);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("{own}", HttpStatusCode.OK)]
    [InlineData("http://127.0.0.1", HttpStatusCode.BadRequest)]
    [InlineData("http://evil.example", HttpStatusCode.BadRequest)]
    [InlineData("{own}.evil.example", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    public async Task SignIn_from_another_origin_is_refused_where_the_browser_does_not_say_more(string origin, HttpStatusCode expected)
    {
        await using var host = await HostApplication.StartAsync();
        using var content = JsonContent.Create(new { name = HostApplication.Person, password = HostApplication.Password });
        var sent = origin.Replace("{own}", host.Application.Urls.First(), StringComparison.Ordinal);

        using var response = await host.CreateClient().SendAsync("POST", Session, ("Origin", sent), content);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task SignOut_ends_the_session_wherever_its_cookie_is_and_no_other()
    {
        await using var host = await HostApplication.StartAsync();
        var (person, thief, other) = (await host.SignInAsync(), host.CreateClient(), await host.SignInAsync());
        thief.CopyCookies(person);
        Assert.Equal(HttpStatusCode.OK, await thief.StatusAsync("GET", Models));

        Assert.Equal(HttpStatusCode.NoContent, await person.StatusAsync("DELETE", Session, ("X-Csrf-Token", person.Token!)));

        Assert.Null(person.Cookies.GetAllCookies()["dandelion-session"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await thief.StatusAsync("GET", Models));
        Assert.Equal(HttpStatusCode.OK, await other.StatusAsync("GET", Models));
    }

    [Fact]
    public async Task SignOut_notes_are_dropped_once_the_cookie_has_expired()
    {
        await using var host = await HostApplication.StartAsync(settings: new() { ["Admin:LongestSession"] = "08:00:00" });
        var settings = host.Application.Services.GetRequiredService<Data.SettingStore>();
        var first = await host.SignInAsync();
        await first.StatusAsync("DELETE", Session, ("X-Csrf-Token", first.Token!));
        host.Time.Advance(TimeSpan.FromHours(9));
        var second = await host.SignInAsync();

        await second.StatusAsync("DELETE", Session, ("X-Csrf-Token", second.Token!));

        Assert.Single(await settings.ListAsync("ended-session/", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Session_slides_while_it_is_used_and_expires_when_not()
    {
        await using var host = await HostApplication.StartAsync(settings: new() { ["Admin:SessionLifetime"] = "01:00:00" });
        var person = await host.SignInAsync();
        for (var i = 0; i < 4; i++)
        {
            host.Time.Advance(TimeSpan.FromMinutes(45));
            Assert.Equal(HttpStatusCode.OK, await person.StatusAsync("GET", Models));
        }

        host.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(HttpStatusCode.Unauthorized, await person.StatusAsync("GET", Models));
    }

    [Fact]
    public async Task Session_ends_for_good_however_much_it_is_used()
    {
        await using var host = await HostApplication.StartAsync(
            settings: new() { ["Admin:SessionLifetime"] = "01:00:00", ["Admin:LongestSession"] = "03:00:00" });
        var person = await host.SignInAsync();
        for (var i = 0; i < 3; i++)
        {
            host.Time.Advance(TimeSpan.FromMinutes(50));
            Assert.Equal(HttpStatusCode.OK, await person.StatusAsync("GET", Models));
        }

        host.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(HttpStatusCode.Unauthorized, await person.StatusAsync("GET", Models));
    }

    [Fact]
    public async Task Session_that_was_started_under_a_clock_in_the_future_is_over_once_it_is_right()
    {
        using var folder = new TempFolder();
        using var person = await SignInTenYearsAheadAsync(folder["data"]);
        await using var host = await HostApplication.StartAsync(folder["data"]);
        var client = host.CreateClient();
        client.CopyCookies(person);

        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("GET", Models));
    }

    [Fact]
    public async Task New_password_ends_that_persons_sessions_alone()
    {
        await using var host = await HostApplication.StartAsync();
        host.File.Set("Passwords", "bob", HostApplication.PasswordHash);
        host.Reload();
        var (anna, bob) = (await host.SignInAsync(), host.CreateClient());
        using var signedIn = await bob.SignInAsync("bob", HostApplication.Password);

        // The same password: what counts is that it was set anew.
        host.File.Set("Passwords", HostApplication.Person, AdminPassword.Hash(HostApplication.Password));
        host.Reload();

        Assert.Equal(HttpStatusCode.Unauthorized, await anna.StatusAsync("GET", Models));
        Assert.Equal(HttpStatusCode.OK, await bob.StatusAsync("GET", Models));
        host.File.Remove("Passwords", "bob");
        host.Reload();
        Assert.Equal(HttpStatusCode.Unauthorized, await bob.StatusAsync("GET", Models));
    }

    [Fact]
    public async Task Session_survives_a_restart_of_the_host()
    {
        using var folder = new TempFolder();
        await using var host = await HostApplication.StartAsync(folder["data"]);
        var person = await host.SignInAsync();
        await host.Application.StopAsync(TestContext.Current.CancellationToken);

        await using var restarted = await HostApplication.StartAsync(folder["data"], withAdmin: false);
        var client = restarted.CreateClient();
        client.CopyCookies(person);

        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", Models));
        Assert.Equal(HttpStatusCode.NoContent, await client.StatusAsync("DELETE", Session, ("X-Csrf-Token", person.Token!)));
    }

    [Fact]
    public async Task Session_of_another_data_directory_is_refused()
    {
        await using var host = await HostApplication.StartAsync();
        await using var other = await HostApplication.StartAsync();
        var client = other.CreateClient();
        client.CopyCookies(await host.SignInAsync());

        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("GET", Models));
    }

    [Fact]
    public async Task Cookies_are_for_no_script_and_no_other_site_and_over_https_for_https_alone()
    {
        await using var host = await HostApplication.StartAsync(settings: new() { ["Security:Proxies:0"] = "127.0.0.1" });
        foreach (var scheme in new[] { "http", "https" })
        {
            using var content = JsonContent.Create(new { name = HostApplication.Person, password = HostApplication.Password });
            using var response = await host.CreateClient().SendAsync("POST", Session, ("X-Forwarded-Proto", scheme), content);
            var cookies = response.Headers.GetValues("Set-Cookie").ToList();
            Assert.Equal(3, cookies.Count);
            Assert.All(cookies, cookie =>
            {
                Assert.Contains("httponly", cookie, StringComparison.Ordinal);
                Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
                Assert.Equal(scheme == "https", cookie.Contains("; secure", StringComparison.Ordinal));
            });
        }
    }

    [Fact]
    public async Task SignOut_by_a_key_is_a_problem()
    {
        await using var host = await HostApplication.StartAsync();

        Assert.Equal(HttpStatusCode.BadRequest, await host.CreateClient().StatusAsync("DELETE", Session, ("X-Api-Key", host.Key)));
    }

    private static async Task<HostClient> SignInTenYearsAheadAsync(string data)
    {
        await using var host = await HostApplication.StartAsync(data);
        host.Time.AdjustTime(host.Time.GetUtcNow().AddYears(10));
        var person = await host.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, await person.StatusAsync("GET", Models));
        return person;
    }
}
