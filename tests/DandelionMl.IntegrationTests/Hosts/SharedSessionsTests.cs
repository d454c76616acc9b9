using System.Net;
using DandelionMl.Tool.Tests.Support;
using DandelionMl.IntegrationTests.Postgres;

namespace DandelionMl.IntegrationTests.Hosts;

/// <summary>Two real host processes on one PostgreSQL database, as replicas behind a load balancer: a person's requests go to either.</summary>
public sealed class SharedSessionsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private readonly TempFolder _folder = new();
    private PostgresDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateBareDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Session_of_one_host_is_one_of_the_other_until_it_is_ended_at_either()
    {
        var (exitCode, setting, error) = await DandelionProcess.RunWithInputAsync(Password, "admin", "set-password", "--print", "--data", _folder["none"]);
        Assert.True(exitCode == 0, error);
        var password = setting.TrimEnd().Split('=', 2);
        var environment = new Dictionary<string, string>
        {
            ["DandelionMl__Postgres__ConnectionString"] = _database.Connect().ConnectionString,
            [password[0]] = password[1],
        };

        // Started at once, so that both may find no key and make one.
        await using var first = DandelionProcess.Start(environment, "serve", "--data", _folder["first"], "--urls", "http://127.0.0.1:0");
        await using var second = DandelionProcess.Start(environment, "serve", "--data", _folder["second"], "--urls", "http://127.0.0.1:0");
        using var atFirst = new HostClient(await AddressAsync(first));
        using var atSecond = new HostClient(await AddressAsync(second));
        using (var signedIn = await atFirst.SignInAsync("admin", Password))
        {
            Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        }

        atSecond.CopyCookies(atFirst);
        Assert.Equal(HttpStatusCode.OK, await atSecond.StatusAsync("GET", "api/v1/models"));
        Assert.Equal(HttpStatusCode.NoContent, await atSecond.StatusAsync("DELETE", "api/v1/session", ("X-Csrf-Token", atFirst.Token!)));

        Assert.Equal(HttpStatusCode.Unauthorized, await atFirst.StatusAsync("GET", "api/v1/models"));
        Assert.False(Directory.Exists(Path.Combine(_folder["first"], "keys")));
    }

    private static async Task<Uri> AddressAsync(DandelionProcess host)
    {
        var line = await host.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        return new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]);
    }
}
