using System.Net;
using DandelionMl.Data;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Mlflow;

/// <summary>The ways to run an MLflow server, each with a real one.</summary>
public sealed class MlflowSettingsTests(PostgresFixture postgres)
{
    private const string Admin = "admin";
    private const string Password = "only-for-tests";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_with_users_takes_them_and_names_what_is_wrong_without_them()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var server = await MlflowServer.CreateAsync("--app-name", "basic-auth");
        await using (var stranger = new MirroredApplication(server))
        {
            await stranger.IngestAsync(seed: 1, perClass: 6);
            await stranger.TrainAsync();
            await stranger.MirrorAsync();
            Assert.Contains("does not accept the credentials (401)", await ErrorAsync(stranger), StringComparison.Ordinal);
        }

        await using var application = new MirroredApplication(
            server, options => (options.Username, options.Password) = (Admin, Password), postgres: database.Connect().ConnectionString);
        await application.IngestAsync(seed: 1, perClass: 6);
        await application.TrainAsync();
        await application.MirrorAsync();

        server.SignIn(Admin, Password);
        Assert.Single(await server.ListRunsAsync());
        Assert.Single(await server.ListVersionsAsync());
    }

    [Fact]
    public async Task Workspace_is_named_in_every_request()
    {
        await using var server = await MlflowServer.CreateAsync("--enable-workspaces");
        using var made = await server.Http.PostAsync(
            new Uri(server.Address, "/api/3.0/mlflow/workspaces"),
            new StringContent("""{"name": "team-a"}""", System.Text.Encoding.UTF8, "application/json"), Token);
        made.EnsureSuccessStatusCode();
        await using var application = new MirroredApplication(server, options => options.Workspace = "team-a");
        await application.IngestAsync(seed: 1, perClass: 6);
        await application.TrainAsync();

        await application.MirrorAsync();

        server.Http.DefaultRequestHeaders.Add("X-MLFLOW-WORKSPACE", "team-a");
        var run = Assert.Single(await server.ListRunsAsync());
        Assert.NotEmpty((await server.GetAsync($"artifacts/list?run_id={run.GetProperty("info").GetProperty("run_id")}")).GetProperty("files").EnumerateArray());
        Assert.Single(await server.ListVersionsAsync());
    }

    [Fact]
    public async Task Name_that_the_server_was_not_told_of_is_named_with_its_port()
    {
        await using var server = await MlflowServer.CreateAsync("--allowed-hosts", "mlflow.example.test");
        await using var application = new MirroredApplication(server);
        await application.IngestAsync(seed: 1, perClass: 6);
        await application.TrainAsync();

        await application.MirrorAsync();

        Assert.Contains($"--allowed-hosts '{server.Address.Authority}'", await ErrorAsync(application), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_reads_the_variables_of_MLflow_and_a_static_prefix_is_part_of_the_address()
    {
        await using var server = await MlflowServer.CreateAsync("--static-prefix", "/tracking");
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);
        var key = (await DandelionProcess.RunJsonAsync("admin", "create-key", "test", "--data", folder["data"])).GetProperty("key").GetString()!;
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        await using var host = DandelionProcess.Start(
            new Dictionary<string, string> { ["MLFLOW_TRACKING_URI"] = server.Address.AbsoluteUri, ["MLFLOW_EXPERIMENT_NAME"] = "flowers" },
            "serve", "--data", folder["data"], "--urls", address.AbsoluteUri);

        // In whichever order.
        var awaited = new List<string> { "Now listening on: ", "Training of version 1 is on MLflow" };
        await host.ReadUntilAsync(line => awaited.RemoveAll(text => line.Contains(text, StringComparison.Ordinal)) > 0 && awaited.Count == 0);

        var run = Assert.Single(await server.ListRunsAsync("flowers"));
        Assert.Equal("FINISHED", run.GetProperty("info").GetProperty("status").GetString());
        Assert.Equal("1", await server.AliasAsync("champion"));
        Assert.NotEmpty((await server.GetAsync($"artifacts/list?run_id={run.GetProperty("info").GetProperty("run_id")}")).GetProperty("files").EnumerateArray());

        using var page = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "models/1"));
        page.Headers.Accept.ParseAdd("text/html");
        page.Headers.Add("X-Api-Key", key);
        using var shown = await server.Http.SendAsync(page, Token);
        var link = $"{server.Address}/#/experiments/{run.GetProperty("info").GetProperty("experiment_id")}/runs/{run.GetProperty("info").GetProperty("run_id")}";
        Assert.Contains($"href=\"{link}\"", WebUtility.HtmlDecode(await shown.Content.ReadAsStringAsync(Token)), StringComparison.Ordinal);
    }

    /// <summary>Why the one training is not on the server.</summary>
    private static async Task<string> ErrorAsync(MirroredApplication application) => await application.Get<Database>().ReadAsync(
        session => session.ScalarAsync<string>("SELECT error FROM tracking_outbox"), Token) ?? "";
}
