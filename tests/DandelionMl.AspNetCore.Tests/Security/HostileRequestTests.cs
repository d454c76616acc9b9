using System.Net;
using System.Net.Sockets;
using System.Text;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Security;

public sealed class HostileRequestTests : IAsyncLifetime
{
    private const string Session = "api/v1/session";

    private HostApplication _host = null!;

    public async ValueTask InitializeAsync() => _host = await HostApplication.StartAsync(settings: new()
    {
        ["Security:SignInsPerMinute"] = "1000",
        ["Security:SignInsPerMinuteOfAll"] = "1000",
    });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("application/json", "", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "null", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "[]", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{\"password\":", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{\"password\":7}", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{\"password\":\"\"}", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{\"password\":\"\\ud800\"}", HttpStatusCode.BadRequest)]
    [InlineData("application/json; charset=nonsense", "{}", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded", "", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded", "password=%", HttpStatusCode.Unauthorized)]
    [InlineData("application/x-www-form-urlencoded", "password=a&password=b", HttpStatusCode.Unauthorized)]
    [InlineData("multipart/form-data", "x", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", "password", HttpStatusCode.UnsupportedMediaType)]
    public async Task SignIn_body_that_is_rubbish_is_a_problem(string contentType, string body, HttpStatusCode expected)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var response = await _host.CreateClient().SendAsync("POST", Session, content: content);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task SignIn_body_above_its_limit_or_a_password_too_long_is_refused_unread()
    {
        using var large = new StringContent("{\"password\":\"" + new string('x', 5_000) + "\"}", Encoding.UTF8, "application/json");
        using var tooLarge = await _host.CreateClient().SendAsync("POST", Session, content: large);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);

        using var tooLong = await _host.CreateClient().SignInAsync(HostApplication.Person, new string('x', 257));
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
    }

    [Fact]
    public async Task Cookies_and_keys_of_rubbish_are_those_of_nobody()
    {
        var client = _host.CreateClient();
        foreach (var cookie in new[] { "dandelion-session=", "dandelion-session=chunks-2", "dandelion-session=%00", "dandelion-session=" + new string('A', 4_000), "=;;=,\"" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("GET", "api/v1/models", ("Cookie", cookie)));
            Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", "", ("Cookie", cookie)));
        }

        foreach (var device in new[] { "x", new string('A', 200) })
        {
            using var content = new StringContent("{\"password\":\"x\"}", Encoding.UTF8, "application/json");
            using var response = await client.SendAsync("POST", Session, ("Cookie", "dandelion-device=" + device), content);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("GET", "api/v1/models", ("Authorization", "Bearer")));
        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("GET", "api/v1/models", ("X-Api-Key", new string('k', 10_000))));
    }

    [Fact]
    public async Task Request_that_takes_too_long_is_a_504_and_the_work_is_cancelled()
    {
        await using var host = await HostApplication.StartAsync(map: application => application.MapAdminApi()
            .MapGet("/slow", (CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken))
            .LimitTime(TimeSpan.FromMilliseconds(1)));

        using var response = await host.CreateClient().SendAsync("GET", "api/v1/slow", ("X-Api-Key", host.Key));

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Contains("The request took too long", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: {0}\r\n\r\n", 20_000, "431")]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: a\r\n\r\n", 20_000, "414")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\u0000{0}\r\n\r\n", 1, "400")]
    [InlineData("HELLO{0}\r\n\r\n", 0, "400")]
    [InlineData("GET / HTTP/1.1{0}\r\n\r\n", 0, "400")]
    [InlineData("GET / HTTP/9.9\r\nHost: a{0}\r\n\r\n", 0, "505")]
    [InlineData("POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6{0}\r\n\r\n", 0, "400")]
    public async Task Request_that_breaks_the_protocol_is_refused_and_the_host_goes_on(string format, int length, string expected)
    {
        var address = new Uri(_host.Application.Urls.First());
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        var request = string.Format(null, format, new string('a', length));
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);

        using var reader = new StreamReader(stream, Encoding.Latin1);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        // It comes from the server below the application, with neither a body nor its name.
        Assert.StartsWith($"HTTP/1.1 {expected}", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: 0\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Server:", answer, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await _host.CreateClient().StatusAsync("GET", "healthz"));
    }
}
