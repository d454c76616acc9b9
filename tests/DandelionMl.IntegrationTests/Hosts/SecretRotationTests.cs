using System.Text.RegularExpressions;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Hosts;

/// <summary>The database's password and the store's keys are changed while hosts serve, as docs/operations.md says.</summary>
[Collection(CephTests.Name)]
public sealed partial class SecretRotationTests(CephServer ceph, PostgresFixture postgres) : IAsyncLifetime
{
    private const string OldKey = "rotationold";
    private const string NewKey = "rotationnew";
    private const string OldSecret = "the-first-secret-key-of-the-store";
    private const string NewSecret = "the-second-secret-key-of-the-store";
    private const string OldPassword = "the-first-password";
    private const string NewPassword = "the-second-password";

    private readonly TempFolder _folder = new();
    private readonly string _bucket = CephServer.NewBucket();
    private PostgresDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateBareDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Hosts_go_on_while_password_and_keys_are_changed_and_the_old_ones_are_worth_nothing_then()
    {
        await ceph.AddKeysAsync(OldKey, OldSecret);
        await _database.ExecuteAsync($"CREATE ROLE plants LOGIN PASSWORD '{OldPassword}'; ALTER DATABASE {_database.Name} OWNER TO plants");
        var before = Servers("plants", OldPassword, OldKey, OldSecret);
        await DemoData.CopyToAsync(_folder["demo"]);
        await DandelionProcess.RunJsonAsync(before, "migrate", "--data", _folder["demo"]);
        var samples = Directory.EnumerateFiles(Path.Combine(_folder["demo"], "samples"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        await using var old = await ServedHost.StartAsync(before, _folder["old"]);
        Assert.Equal("new", await UploadAsync(old, samples[0]));

        var (once, eachTime, last) = ReadStatements();
        await _database.ExecuteAsync(once);
        Assert.Equal("new", await UploadAsync(old, samples[1]));

        await _database.ExecuteAsync(eachTime);
        await ceph.AddKeysAsync(NewKey, NewSecret);
        var after = Servers("plants_2", NewPassword, NewKey, NewSecret);
        await using var @new = await ServedHost.StartAsync(after, _folder["new"]);
        Assert.Equal("new", await UploadAsync(old, samples[2]));
        Assert.Equal("known", await UploadAsync(@new, samples[2]));

        Assert.Equal(0, await old.Process.TerminateAsync());
        await _database.ExecuteAsync(last);
        await ceph.RemoveKeysAsync(OldKey);
        Assert.Equal("new", await UploadAsync(@new, samples[3]));
        Assert.Equal(0, (await DandelionProcess.RunAsync(after, "train", "--force-promote", "as before", "--data", _folder["new"])).ExitCode);
        Assert.Equal(0, (await DandelionProcess.RunAsync(after, "database", "upgrade", "--data", _folder["new"])).ExitCode);
        await RefusesAsync(Servers("plants", OldPassword, NewKey, NewSecret), OldPassword);
        await RefusesAsync(Servers("plants_2", NewPassword, OldKey, OldSecret), OldSecret);
    }

    private static async Task<string?> UploadAsync(ServedHost host, string photo) =>
        (await host.UploadAsync(await File.ReadAllBytesAsync(photo, Token))).GetProperty("status").GetString();

    private async Task RefusesAsync(Dictionary<string, string> servers, string secret)
    {
        var (exitCode, output, error) = await DandelionProcess.RunAsync(servers, "reconcile", "--dry-run", "--data", _folder["none"]);

        Assert.Equal(1, exitCode);
        Assert.NotEmpty(error);
        Assert.DoesNotContain(secret, output + error, StringComparison.Ordinal);
    }

    /// <summary>What the document says, with the names and the passwords of the test.</summary>
    private (string Once, string EachTime, string Last) ReadStatements()
    {
        var blocks = Block().Matches(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "operations.md")))
            .Select(match => Regex.Replace(match.Groups[1].Value, @"\bdandelion(?=_|\b)", "plants").Replace("…", NewPassword, StringComparison.Ordinal))
            .ToList();
        Assert.Equal(3, blocks.Count);
        return (blocks[0], blocks[1], blocks[2]);
    }

    private Dictionary<string, string> Servers(string user, string password, string accessKey, string secretKey)
    {
        var connection = _database.Connect();
        (connection.Username, connection.Password) = (user, password);
        return new Dictionary<string, string>(HostSettings.On(ceph.Endpoint, _bucket, connection.ConnectionString))
        {
            ["DandelionMl__S3__AccessKey"] = accessKey,
            ["DandelionMl__S3__SecretKey"] = secretKey,
        };
    }

    [GeneratedRegex("```sql\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
