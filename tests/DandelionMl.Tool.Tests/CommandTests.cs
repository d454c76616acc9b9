using System.Diagnostics;
using System.Net;
using System.Text.Json;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("serve", "--help")]
    [InlineData("ingest", "--help")]
    [InlineData("train", "--help")]
    [InlineData("evaluate", "--help")]
    [InlineData("predict", "--help")]
    [InlineData("models", "list", "--help")]
    [InlineData("models", "show", "--help")]
    [InlineData("models", "promote", "--help")]
    [InlineData("models", "rollback", "--help")]
    [InlineData("models", "images", "--help")]
    [InlineData("models", "reproduce", "--help")]
    [InlineData("demo", "--help")]
    [InlineData("backbone", "use", "--help")]
    [InlineData("pipeline", "run", "--help")]
    public async Task Help_of_a_command_is_printed(params string[] arguments)
    {
        var (exitCode, output, _) = await DandelionProcess.RunAsync(arguments);

        Assert.Equal(0, exitCode);
        Assert.Contains("--data", output, StringComparison.Ordinal);
        Assert.Contains("--json", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-command")]
    [InlineData("predict")]
    [InlineData("ingest")]
    [InlineData("train", "--no-promote", "--force-promote", "why")]
    [InlineData("train", "--force-promote", " ")]
    [InlineData("models", "promote", "1")]
    [InlineData("models", "rollback")]
    [InlineData("models", "images")]
    [InlineData("models", "images", "--of", "nonsense")]
    [InlineData("pipeline", "run")]
    [InlineData("forget")]
    [InlineData("train", "--epochs", "0")]
    [InlineData("train", "--epochs", "-5")]
    [InlineData("train", "--method", "logistic", "--epochs", "5")]
    [InlineData("train", "--method", "newton")]
    [InlineData("reconcile", "--grace", "5")]
    [InlineData("serve", "--urls", "nonsense")]
    [InlineData("serve", "--urls", "http://localhost:80000")]
    [InlineData("serve", "--urls", "ftp://localhost")]
    [InlineData("forget", "photos", "--all")]
    [InlineData("embed", "--accept", "1")]
    [InlineData("database")]
    public async Task Wrong_command_line_ends_with_usage(params string[] arguments) =>
        Assert.Equal(2, (await DandelionProcess.RunAsync(arguments)).ExitCode);

    [Fact]
    public async Task Wrong_command_line_with_json_ends_with_a_document()
    {
        var (exitCode, output, _) = await DandelionProcess.RunAsync("train", "--epochs", "0", "--json");

        Assert.Equal(2, exitCode);
        Assert.Contains("--epochs", JsonDocument.Parse(output).RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://192.0.2.1:1")]
    [InlineData("https://localhost:0")]
    public async Task Serve_where_it_can_not_listen_says_so_on_one_line(string urls)
    {
        using var folder = new TempFolder();

        var (exitCode, output, error) = await DandelionProcess.RunAsync("serve", "--urls", urls, "--data", folder["data"], "--json");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("The server can't listen: ", JsonDocument.Parse(output).RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Unexpected error", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_is_full_is_a_failure_and_no_crash()
    {
        using var folder = new TempFolder();
        using var shell = Process.Start(new ProcessStartInfo(
            "sh", ["-c", $"dotnet '{Path.Combine(AppContext.BaseDirectory, "dandelion.dll")}' models list --json --data '{folder["data"]}' > /dev/full"]) { RedirectStandardError = true })!;
        await shell.WaitForExitAsync(Token);

        Assert.Equal(1, shell.ExitCode);
    }

    [Fact]
    public async Task Train_that_the_gate_rejects_ends_with_a_code_of_its_own()
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);

        var (exitCode, _, _) = await DandelionProcess.RunAsync(
            new Dictionary<string, string> { ["DandelionMl__Gate__MinimumTestImagesPerClass"] = "1000" }, "train", "--data", folder["data"]);

        Assert.Equal(4, exitCode);
    }

    [Fact]
    public async Task Key_of_a_bucket_without_the_bucket_is_told()
    {
        using var folder = new TempFolder();

        var (exitCode, _, error) = await DandelionProcess.RunAsync(
            new Dictionary<string, string> { ["DandelionMl__S3__AccessKey"] = "key", ["DandelionMl__S3__SecretKey"] = "secret" }, "models", "list", "--data", folder["data"]);

        Assert.Equal(1, exitCode);
        Assert.Contains("No S3 server is configured", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_empty_data_directory_fails_with_a_reason_and_registers_nothing()
    {
        using var folder = new TempFolder();

        var (exitCode, output, error) = await DandelionProcess.RunAsync("train", "--data", folder["data"], "--json");

        Assert.Equal(1, exitCode);
        Assert.Equal("InsufficientTrainingDataException", JsonDocument.Parse(output).RootElement.GetProperty("error").GetString());
        Assert.Contains("ingest", error, StringComparison.Ordinal);
        Assert.Equal(0, (await DandelionProcess.RunJsonAsync("models", "list", "--data", folder["data"])).GetArrayLength());
        Assert.DoesNotContain(
            (await DandelionProcess.RunJsonAsync("backbone", "list", "--data", folder["data"])).EnumerateArray(),
            backbone => backbone.GetProperty("used").GetBoolean());
    }

    [Fact]
    public async Task Serve_without_a_model_is_alive_not_ready_and_says_what_is_missing()
    {
        using var folder = new TempFolder();
        await using var host = DandelionProcess.Start("serve", "--data", folder["data"], "--urls", "http://127.0.0.1:0");
        var line = await host.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        using var client = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]) };
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "file", "photo.jpg" } };

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("healthz", UriKind.Relative), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync(new Uri("readyz", UriKind.Relative), Token)).StatusCode);
        using var response = await client.PostAsync(new Uri("predict", UriKind.Relative), form, Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("train", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(0, await host.TerminateAsync());
    }

    [Fact]
    public async Task Evaluate_and_predict_after_a_demo_give_the_figures_of_the_pictures()
    {
        using var folder = new TempFolder();
        await DandelionProcess.RunJsonAsync("demo", "--no-serve", "--data", folder["data"]);
        var samples = Path.Combine(folder["data"], "samples");

        var onePlace = new Dictionary<string, string> { ["DandelionMl__Classifier__MaxConcurrency"] = "1" };
        var evaluation = await DandelionProcess.RunJsonAsync(onePlace, "evaluate", samples, "--data", folder["data"]);
        Assert.Equal(4, evaluation.GetProperty("metrics").GetProperty("images").GetInt32());
        Assert.Equal(1, evaluation.GetProperty("metrics").GetProperty("accuracy").GetDouble());

        var missing = Path.Combine(samples, "missing.jpg");
        var sample = Directory.EnumerateFiles(Path.Combine(samples, "grass")).First();
        var (exitCode, output, _) = await DandelionProcess.RunAsync("predict", sample, missing, "--data", folder["data"], "--json");
        var answers = JsonDocument.Parse(output).RootElement;
        Assert.Equal(3, exitCode);
        Assert.Equal("grass", answers[0].GetProperty("prediction").GetString());
        Assert.Contains("missing.jpg", answers[1].GetProperty("error").GetString(), StringComparison.Ordinal);

        // A folder is read as an ingestion reads it: at any depth, without hidden files, links followed, what can't be read listed.
        var deep = Directory.CreateDirectory(Path.Combine(samples, "grass", "deep", "er")).FullName;
        File.Copy(sample, Path.Combine(deep, "copy.png"));
        File.CreateSymbolicLink(Path.Combine(deep, "nowhere.png"), missing);
        await File.WriteAllTextAsync(Path.Combine(deep, ".DS_Store"), "no photo", Token);
        Directory.CreateDirectory(Path.Combine(samples, ".ipynb_checkpoints"));
        Directory.CreateDirectory(Path.Combine(samples, "empty"));
        (exitCode, output, _) = await DandelionProcess.RunAsync("evaluate", samples, "--data", folder["data"], "--json");
        var measured = JsonDocument.Parse(output).RootElement;
        Assert.Equal((3, 5), (exitCode, measured.GetProperty("metrics").GetProperty("images").GetInt32()));
        Assert.EndsWith("nowhere.png", Assert.Single(measured.GetProperty("failures").EnumerateArray()).GetProperty("file").GetString(), StringComparison.Ordinal);

        // A manifest is read as well; what is at an address is told.
        var manifest = Path.Combine(folder.Path, "list.csv");
        await File.WriteAllTextAsync(manifest, $"path,label\n{sample},grass\nhttps://photos.example/a.jpg,grass\n", Token);
        (exitCode, output, _) = await DandelionProcess.RunAsync("evaluate", manifest, "--data", folder["data"], "--json");
        measured = JsonDocument.Parse(output).RootElement;
        Assert.Equal((3, 1), (exitCode, measured.GetProperty("metrics").GetProperty("images").GetInt32()));
        Assert.Equal("https://photos.example/a.jpg", Assert.Single(measured.GetProperty("failures").EnumerateArray()).GetProperty("file").GetString());

        (exitCode, output, _) = await DandelionProcess.RunAsync("predict", samples, "--data", folder["data"], "--json");
        answers = JsonDocument.Parse(output).RootElement;
        Assert.Equal((3, 6), (exitCode, answers.GetArrayLength()));
        Assert.Single(answers.EnumerateArray(), answer => answer.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String);
    }

    [Fact]
    public async Task Ingest_can_be_tried_and_what_never_came_be_forgotten()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["photos/gräs"]);
        await File.WriteAllTextAsync(folder["photos/gräs/kaputt ü.jpg"], "no photo", Token);
        await File.WriteAllTextAsync(folder["photos/gräs/100%41.jpg"], "no photo", Token);

        var preview = await DandelionProcess.RunJsonAsync("ingest", folder["photos"], "--dry-run", "--data", folder["data"]);
        Assert.Equal("gräs", preview.GetProperty("classes")[0].GetProperty("label").GetString());
        Assert.Equal(2, preview.GetProperty("classes")[0].GetProperty("toIngest").GetInt32());
        Assert.Equal(0, (await DandelionProcess.RunJsonAsync("forget", "--all", "--data", folder["data"])).GetProperty("forgotten").GetArrayLength());

        var (exitCode, output, _) = await DandelionProcess.RunAsync("ingest", folder["photos"], "--data", folder["data"]);
        Assert.Equal(3, exitCode);
        Assert.Contains(folder["photos/gräs/kaputt ü.jpg"] + ":", output, StringComparison.Ordinal);
        Assert.Contains(folder["photos/gräs/100%41.jpg"] + ":", output, StringComparison.Ordinal);

        Assert.Equal(0, (await ForgetAsync("forget", folder["photo"])).GetArrayLength());
        Assert.Equal(2, (await ForgetAsync("forget", folder["photos"], "--dry-run")).GetArrayLength());
        Assert.Equal(folder["photos/gräs/kaputt ü.jpg"], (await ForgetAsync("forget", folder["photos/gräs/kaputt ü.jpg"]))[0].GetString());
        Assert.Equal(1, (await ForgetAsync("forget", folder["photos"])).GetArrayLength());

        async Task<JsonElement> ForgetAsync(params string[] command) =>
            (await DandelionProcess.RunJsonAsync([.. command, "--data", folder["data"]])).GetProperty("forgotten");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
