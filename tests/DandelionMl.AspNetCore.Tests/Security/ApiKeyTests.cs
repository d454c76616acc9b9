using System.Net;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Security;

public sealed class ApiKeyTests
{
    private const string Models = "api/v1/models";

    [Theory]
    [InlineData("X-Api-Key", "{0}")]
    [InlineData("Authorization", "Bearer {0}")]
    [InlineData("Authorization", "bearer  {0}")]
    public async Task Right_key_says_who_and_needs_no_antiforgery_token(string header, string format)
    {
        await using var host = await HostApplication.StartAsync();

        using var response = await host.CreateClient().SendAsync("GET", "api/v1/session", (header, string.Format(null, format, host.Key)));

        var body = await HostClient.BodyAsync(response);
        Assert.Equal(("robot", "key"), (body.GetProperty("name").GetString(), body.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Revoked_key_is_refused_and_the_others_are_not()
    {
        await using var host = await HostApplication.StartAsync();
        var other = ApiKey.Create();
        host.File.Set("ApiKeys", "other", ApiKey.Hash(other));
        host.Reload();
        var client = host.CreateClient();
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", Models, ("X-Api-Key", host.Key)));

        host.File.Remove("ApiKeys", "robot");
        host.Reload();

        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("GET", Models, ("X-Api-Key", host.Key)));
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", Models, ("X-Api-Key", other)));
    }

    [Fact]
    public async Task Two_keys_in_a_request_are_refused()
    {
        await using var host = await HostApplication.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await host.CreateClient().StatusAsync("GET", Models, ("X-Api-Key", $"{host.Key},{host.Key}")));
    }

    [Fact]
    public async Task Hash_of_a_key_is_no_key()
    {
        await using var host = await HostApplication.StartAsync();

        Assert.Equal(
            HttpStatusCode.Unauthorized, await host.CreateClient().StatusAsync("GET", Models, ("X-Api-Key", ApiKey.Hash(host.Key))));
    }

    [Fact]
    public async Task Keys_alone_turn_administration_on_but_nobody_can_sign_in()
    {
        await using var host = await HostApplication.StartAsync(withAdmin: false);
        var key = ApiKey.Create();
        host.File.Set("ApiKeys", "robot", ApiKey.Hash(key));
        host.Reload();

        Assert.Equal(HttpStatusCode.OK, await host.CreateClient().StatusAsync("GET", Models, ("X-Api-Key", key)));
        using var response = await host.CreateClient().SignInAsync(HostApplication.Person, HostApplication.Password);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task File_that_is_damaged_while_the_host_runs_lets_nobody_in()
    {
        await using var host = await HostApplication.StartAsync();
        var client = host.CreateClient();
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", Models, ("X-Api-Key", host.Key)));

        await File.WriteAllTextAsync(host.File.Path, "{ \"DandelionMl\": ", TestContext.Current.CancellationToken);

        // Its watcher sees it.
        while (await client.StatusAsync("GET", Models, ("X-Api-Key", host.Key)) is not HttpStatusCode.Forbidden)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task Malformed_hash_while_the_host_runs_lets_nobody_in_and_is_named_in_the_log()
    {
        await using var host = await HostApplication.StartAsync();
        host.File.Set("ApiKeys", "robot", "no-hash");
        host.Reload();

        Assert.Equal(HttpStatusCode.Unauthorized, await host.CreateClient().StatusAsync("GET", Models, ("X-Api-Key", "no-hash")));
        Assert.Contains("DandelionMl:Admin:ApiKeys:robot is not a key hash", host.Logs.Text, StringComparison.Ordinal);
    }
}
