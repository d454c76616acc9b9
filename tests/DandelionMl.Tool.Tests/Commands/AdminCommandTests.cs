using System.Net;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests.Commands;

public sealed class AdminCommandTests : IDisposable
{
    private const string Password = "correct horse battery";

    private readonly TempFolder _folder = new();

    private string Data => _folder["data"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Running_host_takes_a_password_and_keys_over_and_lets_them_go()
    {
        await using var host = DandelionProcess.Start("serve", "--data", Data, "--urls", "http://127.0.0.1:0");
        var line = await host.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        using var client = new HostClient(new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]));
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync("GET", "api/v1/models"));

        var (exitCode, output, error) = await DandelionProcess.RunWithInputAsync(Password + "\n", "admin", "set-password", "--data", Data);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.DoesNotContain(Password, output, StringComparison.Ordinal);
        await UntilAsync(HttpStatusCode.Unauthorized);
        using (var signedIn = await client.SignInAsync("admin", Password))
        {
            Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        }

        var key = (await DandelionProcess.RunJsonAsync("admin", "create-key", "ci", "--data", Data)).GetProperty("key").GetString()!;
        await UntilAsync(HttpStatusCode.OK, key);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", "api/v1/models"));

        await DandelionProcess.RunJsonAsync("admin", "revoke-key", "CI", "--data", Data);
        await UntilAsync(HttpStatusCode.Unauthorized, key);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", "api/v1/models"));

        await DandelionProcess.RunJsonAsync("admin", "remove-password", "--data", Data);
        await UntilAsync(HttpStatusCode.Forbidden);
        Assert.Equal(0, await host.TerminateAsync());

        async Task UntilAsync(HttpStatusCode status, string? key = null)
        {
            using var anonymous = new HostClient(client.Address);
            while (await anonymous.StatusAsync("GET", "api/v1/models", key is null ? null : ("X-Api-Key", key)) != status)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    [Theory]
    [InlineData("short\n", "admin", "12 to 256")]
    [InlineData("", "admin", "no password")]
    [InlineData(Password + "\n", "a name", "not a valid name")]
    public async Task SetPassword_weak_or_missing_is_refused_with_a_reason_and_keeps_nothing(string input, string name, string reason)
    {
        var (exitCode, _, error) = await DandelionProcess.RunWithInputAsync(input, "admin", "set-password", name, "--data", Data);

        Assert.Equal(1, exitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Data, "admin.json")));
    }

    [Fact]
    public async Task Print_gives_the_setting_for_the_environment_and_keeps_nothing()
    {
        var (_, password, _) = await DandelionProcess.RunWithInputAsync(Password + "\n", "admin", "set-password", "anna", "--print", "--data", Data);
        var (_, key, _) = await DandelionProcess.RunAsync("admin", "create-key", "ci", "--print", "--data", Data);
        Assert.False(File.Exists(Path.Combine(Data, "admin.json")));

        var (keyItself, settings) = (key.Split('\n')[0], new[] { password, key.Split('\n')[1] }.Select(line => line.TrimEnd().Split('=', 2)));
        await using var host = DandelionProcess.Start(settings.ToDictionary(pair => pair[0], pair => pair[1]), "serve", "--data", Data, "--urls", "http://127.0.0.1:0");
        var line = await host.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        using var client = new HostClient(new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]));
        using var signedIn = await client.SignInAsync("anna", Password);

        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", "api/v1/models", ("X-Api-Key", keyItself)));
    }

    [Fact]
    public async Task Lists_give_names_alone_from_every_source()
    {
        var environment = new Dictionary<string, string> { ["DandelionMl__Admin__ApiKeys__outside"] = new string('a', 64) };
        var key = (await DandelionProcess.RunJsonAsync("admin", "create-key", "ci", "--data", Data)).GetProperty("key").GetString()!;

        var (_, output, _) = await DandelionProcess.RunAsync(environment, "admin", "list-keys", "--data", Data);

        Assert.Equal("ci\noutside\n", output);
        Assert.DoesNotContain(key, await File.ReadAllTextAsync(Path.Combine(Data, "admin.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, (await DandelionProcess.RunJsonAsync("admin", "list-people", "--data", Data)).GetArrayLength());
        Assert.Equal(1, (await DandelionProcess.RunAsync("admin", "create-key", "CI", "--data", Data)).ExitCode);
        Assert.Equal(1, (await DandelionProcess.RunAsync("admin", "revoke-key", "nobody", "--data", Data)).ExitCode);

        var (exitCode, _, error) = await DandelionProcess.RunAsync(environment, "admin", "revoke-key", "outside", "--data", Data);
        Assert.Equal(1, exitCode);
        Assert.Contains("environment variable", error, StringComparison.Ordinal);
    }
}
