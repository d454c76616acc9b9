using System.Text.Json;
using DandelionMl.Imaging;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests;

public sealed class ModelCommandTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    private string Data => _folder["data"];

    public async ValueTask InitializeAsync() => await DemoData.CopyToAsync(Data);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_models_life_from_the_gate_to_a_rollback_is_told_by_the_commands()
    {
        // The demo's own model came through the gate, an equal one does not.
        var first = await ShowAsync(1);
        Assert.Equal("champion", State(first));
        Assert.True(first.GetProperty("model").GetProperty("verdict").GetProperty("passed").GetBoolean());
        Assert.InRange(first.GetProperty("epochs").GetArrayLength(), 3, 300);
        Assert.Contains("DandelionMl", first.GetProperty("model").GetProperty("environment").EnumerateObject().Select(item => item.Name));

        var second = await RunAsync("train");
        Assert.Equal("rejected", second.GetProperty("model").GetProperty("state").GetString());
        Assert.Contains(
            "it was not trained on more data", second.GetProperty("model").GetProperty("verdict").GetProperty("summary").GetString(), StringComparison.Ordinal);
        Assert.Equal("candidate", (await RunAsync("train", "--no-promote")).GetProperty("model").GetProperty("state").GetString());

        await RunAsync("models", "promote", "2", "--reason", "by hand");
        var promoted = await ShowAsync(2);
        Assert.Equal("champion", State(promoted));
        Assert.Equal(
            ["registered", promoted.GetProperty("model").GetProperty("verdict").GetProperty("summary").GetString()!, "by hand"],
            promoted.GetProperty("events").EnumerateArray().Select(item => item.GetProperty("reason").GetString()!));

        Assert.Equal(1, (await RunAsync("models", "rollback", "--reason", "worse than thought")).GetProperty("version").GetInt32());
        Assert.Equal(("champion", "archived"), (State(await ShowAsync(1)), State(await ShowAsync(2))));
        Assert.Equal("NoPreviousChampionException", await FailAsync("models", "rollback", "--reason", "again"));
        Assert.Equal("ModelNotFoundException", await FailAsync("models", "promote", "99", "--reason", "none"));
    }

    [Fact]
    public async Task Plan_tells_how_many_test_photos_a_gain_takes()
    {
        var plan = await RunAsync("models", "plan", "--gain", "1");
        var said = (await DandelionProcess.RunAsync("models", "plan", "--gain", "1", "--data", Data)).Output;

        Assert.Equal(1, plan.GetProperty("gain").GetDouble());
        Assert.Contains($"takes {plan.GetProperty("needed").GetInt32()} distinct test photos", said.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.NotEqual(0, (await DandelionProcess.RunAsync("models", "plan", "--gain", "0", "--data", Data)).ExitCode);
    }

    [Fact]
    public async Task Train_forced_is_served_for_its_reason()
    {
        Assert.Equal("champion", (await RunAsync("train", "--force-promote", "a test")).GetProperty("model").GetProperty("state").GetString());

        Assert.Equal("a test", (await ShowAsync(2)).GetProperty("events").EnumerateArray().Last().GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Lineage_goes_from_a_version_to_its_photos_and_back_and_can_be_trained_again()
    {
        var images = (await RunAsync("models", "images", "1")).EnumerateArray().ToList();
        Assert.Equal(200, images.Count);

        var image = images[0];
        var use = Assert.Single((await RunAsync("models", "images", "--of", image.GetProperty("sha256").GetString()!)).EnumerateArray());
        Assert.Equal(1, use.GetProperty("version").GetInt32());
        Assert.Equal(image.GetProperty("label").GetString(), use.GetProperty("label").GetString());
        Assert.Equal(image.GetProperty("split").GetString(), use.GetProperty("split").GetString());

        var report = await RunAsync("models", "reproduce", "1");
        Assert.True(report.GetProperty("weightsAgree").GetBoolean());
        Assert.True(report.GetProperty("metricsEqual").GetBoolean());
        var listed = Assert.Single((await RunAsync("models", "list")).EnumerateArray()).GetProperty("metrics");
        Assert.False(listed.TryGetProperty("confusionMatrix", out _));
        Assert.True(listed.TryGetProperty("accuracy", out _));
    }

    [Fact]
    public async Task Photo_is_erased_by_its_hash_and_the_version_says_that_it_learned_from_it()
    {
        var learned = (await RunAsync("models", "images", "1")).EnumerateArray().First(image => image.GetProperty("split").GetString() == "train");
        var hash = learned.GetProperty("sha256").GetString()!;
        Assert.Equal(0, (await ShowAsync(1)).GetProperty("erasedPhotos").GetInt32());

        Assert.Single((await RunAsync("erase", "--sha256", hash, "--reason", "asked by mail")).GetProperty("erased").EnumerateArray());

        Assert.Equal(1, (await ShowAsync(1)).GetProperty("erasedPhotos").GetInt32());
        Assert.Contains("1 photos that are erased now", (await DandelionProcess.RunAsync("models", "show", "1", "--data", Data)).Output, StringComparison.Ordinal);
        var (exitCode, output, _) = await DandelionProcess.RunAsync("erase", "--sha256", new string('a', 64), "--data", Data, "--json");
        Assert.Equal(3, exitCode);
        Assert.Contains("No photo has these bytes.", output, StringComparison.Ordinal);
        Assert.NotEqual(0, (await DandelionProcess.RunAsync("erase", "--sha256", "abc", "--data", Data)).ExitCode);
    }

    [Fact]
    public async Task What_more_photos_would_bring_and_the_live_accuracy_are_told()
    {
        var curve = await RunAsync("learning-curve");
        Assert.Equal((1, 7), (curve.GetProperty("modelVersion").GetInt32(), curve.GetProperty("points").GetArrayLength()));
        Assert.Equal(curve.GetProperty("photos").GetInt32(), curve.GetProperty("classes").EnumerateArray().Sum(item => item.GetProperty("photos").GetInt32()));
        var said = (await DandelionProcess.RunAsync("learning-curve", "--data", Data)).Output;
        Assert.Contains($"{curve.GetProperty("gains")[0].GetProperty("more").GetInt32()} more photos: +", said, StringComparison.Ordinal);
        var (exitCode, output, _) = await DandelionProcess.RunAsync("learning-curve", "--data", _folder["empty"], "--json");
        Assert.Equal(1, exitCode);
        Assert.Equal("InsufficientTrainingDataException", JsonDocument.Parse(output).RootElement.GetProperty("error").GetString());

        Assert.Empty((await RunAsync("live-accuracy")).EnumerateArray());
        Assert.Contains(
            "No photo that a user sent was kept", (await DandelionProcess.RunAsync("live-accuracy", "--data", Data)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shadow_is_started_told_and_ended()
    {
        Assert.Equal(JsonValueKind.Null, (await RunAsync("models", "shadow")).ValueKind);
        Assert.Equal(JsonValueKind.Null, (await RunAsync("models", "shadow", "--stop")).GetProperty("stopped").ValueKind);
        Assert.Equal("ShadowRefusedException", await FailAsync("models", "shadow", "1"));
        Assert.Equal("ModelNotFoundException", await FailAsync("models", "shadow", "2"));
        Assert.NotEqual(0, (await DandelionProcess.RunAsync("models", "shadow", "2", "--stop", "--data", Data)).ExitCode);

        await RunAsync("train", "--no-promote");
        Assert.Equal(2, (await RunAsync("models", "shadow", "2")).GetProperty("shadowVersion").GetInt32());
        var report = await RunAsync("models", "shadow");
        Assert.Equal((2, 1, 0), (
            report.GetProperty("shadowVersion").GetInt32(), report.GetProperty("championVersion").GetInt32(), report.GetProperty("compared").GetInt32()));
        Assert.Equal((0, 1.0, "open"), (
            report.GetProperty("reviewed").GetProperty("won").GetInt32(), report.GetProperty("reviewed").GetProperty("better").GetDouble(),
            report.GetProperty("reviewed").GetProperty("verdict").GetString()));
        var said = (await DandelionProcess.RunAsync("models", "shadow", "--data", Data)).Output.ReplaceLineEndings(" ");
        Assert.Contains("Version 2 is the shadow of version 1", said, StringComparison.Ordinal);
        Assert.Contains("No answer was compared yet.", said, StringComparison.Ordinal);

        Assert.Equal(2, (await RunAsync("models", "shadow", "--stop")).GetProperty("stopped").GetInt32());
        Assert.Contains("No shadow runs.", (await DandelionProcess.RunAsync("models", "shadow", "--data", Data)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_says_of_a_photo_that_the_model_was_not_taught_it()
    {
        var frame = _folder["frame.jpg"];
        await File.WriteAllBytesAsync(frame, ImageEncoder.ToJpeg(new RgbImage(200, 150, new byte[200 * 150 * 3])), TestContext.Current.CancellationToken);
        var known = Directory.EnumerateFiles(Path.Combine(Data, "samples", "grass")).First();

        var answers = await RunAsync("predict", known, frame);

        Assert.True(answers[0].GetProperty("isKnown").GetBoolean());
        Assert.False(answers[1].GetProperty("isKnown").GetBoolean());
        var said = (await DandelionProcess.RunAsync("predict", known, frame, "--data", Data)).Output;
        Assert.Single(said.Split('\n'), line => line.Contains("does not look like anything the model was taught", StringComparison.Ordinal));
    }

    private static string? State(JsonElement shown) => shown.GetProperty("model").GetProperty("state").GetString();

    private async Task<string?> FailAsync(params string[] arguments)
    {
        var (exitCode, output, _) = await DandelionProcess.RunAsync([.. arguments, "--data", Data, "--json"]);
        Assert.Equal(1, exitCode);
        return JsonDocument.Parse(output).RootElement.GetProperty("error").GetString();
    }

    private Task<JsonElement> ShowAsync(int version) => RunAsync("models", "show", $"{version}");

    private Task<JsonElement> RunAsync(params string[] arguments) => DandelionProcess.RunJsonAsync([.. arguments, "--data", Data]);
}
