using System.Net;
using System.Text.Json;
using DandelionMl.Drift.Watching;
using DandelionMl.Imaging;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class DriftApiTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    [Fact]
    public async Task Drift_is_told_explained_and_acknowledged()
    {
        await host.RefusedAsync(HttpStatusCode.NotFound, "GET", "api/v1/drift", says: "has not served any photos yet");
        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", "api/v1/drift/acknowledgement", says: "There is no alarm.");
        var kept = (await host.SendPhotoAsync("predict", Noise(0), fields: ("keep", "true"))).Body.GetProperty("upload").GetProperty("imageId").GetInt64();
        for (var seed = 1; seed < 80; seed++)
        {
            Assert.Equal(HttpStatusCode.OK, (await host.SendPhotoAsync("predict", Noise(seed))).Status);
        }

        await RecordAsync();
        var drift = await host.GetAsync("api/v1/drift");

        Assert.Equal((1, 80, 1.0), (drift.GetProperty("modelVersion").GetInt32(), drift.GetProperty("photos").GetInt64(), drift.GetProperty("evidence").GetDouble()));
        Assert.Equal("unfamiliar", drift.GetProperty("alarm").GetProperty("kind").GetString());
        Assert.InRange(drift.GetProperty("meanRank").GetDouble(), 0.7, 1);
        var explanation = drift.GetProperty("explanation");
        Assert.Equal(0.002, explanation.GetProperty("pValue").GetDouble(), 9);
        Assert.Equal(12, explanation.GetProperty("mostUnlike").GetArrayLength());
        Assert.All(
            explanation.GetProperty("mostUnlike").EnumerateArray().Select(photo => photo.GetProperty("imageId")),
            id => Assert.True(id.ValueKind == JsonValueKind.Null || id.GetInt64() == kept));
        Assert.Contains("Photos look less like the training photos", await PageAsync("monitoring"), StringComparison.Ordinal);
        Assert.Contains("The photos that come have drifted.", await PageAsync("models/1"), StringComparison.Ordinal);
        Assert.Contains("The photos that come have drifted.", await PageAsync(""), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await host.CallAsync("POST", "api/v1/drift/acknowledgement")).Status);
        var anew = await host.GetAsync("api/v1/drift");
        Assert.Equal(JsonValueKind.Null, anew.GetProperty("alarm").ValueKind);
        Assert.Equal(("unfamiliar", "key:robot"), (anew.GetProperty("lastAlarm").GetProperty("kind").GetString(), anew.GetProperty("acknowledgedBy").GetString()));
        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", "api/v1/drift/acknowledgement", says: "There is no alarm.");
        Assert.Contains("Acknowledged by key:robot.", await PageAsync("monitoring"), StringComparison.Ordinal);
        Assert.DoesNotContain("The photos that come have drifted.", await PageAsync("models/1"), StringComparison.Ordinal);
    }

    private static byte[] Noise(int seed)
    {
        const int side = 96;
        var pixels = new byte[side * side * 3];
        new Random(seed).NextBytes(pixels);
        return ImageEncoder.ToJpeg(new RgbImage(side, side, pixels));
    }

    private Task<IReadOnlyList<DriftRecord>> RecordAsync() => host.Host.Application.Services.GetRequiredService<DriftRecorder>().RecordAsync(TestContext.Current.CancellationToken);

    private async Task<string> PageAsync(string path)
    {
        var anna = await host.Host.SignInAsync();
        using var response = await anna.SendAsync("GET", path, ("Accept", "text/html"));
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
