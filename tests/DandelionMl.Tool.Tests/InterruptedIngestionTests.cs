using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests;

/// <summary>A process that is killed at any point and run again ends as an undisturbed one.</summary>
public sealed class InterruptedIngestionTests
{
    private const int Photos = 200;

    [Fact]
    public async Task Ingest_killed_again_and_again_ends_with_every_photo_exactly_once()
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["demo"]);
        var (pictures, data) = (Path.Combine(folder["demo"], "pictures"), folder["data"]);

        await IngestUntilAsync(pictures, data, objects: 1);
        Assert.InRange(StoredObjects.List(data).Count(), 1, Photos - 1);
        foreach (var objectsBeforeTheKill in new[] { 7, 40, 41, 100 })
        {
            await IngestUntilAsync(pictures, data, objectsBeforeTheKill);
        }

        var last = await DandelionProcess.RunJsonAsync("ingest", pictures, "--data", data);
        Assert.Equal(Photos, last.GetProperty("new").GetInt32() + last.GetProperty("alreadyKnown").GetInt32());
        Assert.Equal((0, 0, 0), (Count(last, "duplicates"), Count(last, "conflicts"), Count(last, "failures")));
        Assert.Equal(Photos, StoredObjects.List(data).Count());

        var again = await DandelionProcess.RunJsonAsync("ingest", pictures, "--data", data);
        Assert.Equal((0, Photos), (again.GetProperty("new").GetInt32(), again.GetProperty("alreadyKnown").GetInt32()));

        var trained = await DandelionProcess.RunJsonAsync("train", "--data", data);
        Assert.Equal(Photos, trained.GetProperty("embeddedImages").GetInt32());
    }

    private static int Count(System.Text.Json.JsonElement report, string property) => report.GetProperty(property).GetArrayLength();

    /// <summary>Kills an ingestion as soon as the store holds a number of objects; one that is done before ends by itself.</summary>
    private static async Task IngestUntilAsync(string pictures, string data, int objects)
    {
        await using var process = await StoredObjects.StartUntilAsync(
            data, objects, () => DandelionProcess.Start("ingest", pictures, "--data", data));
        await process.KillAsync();
    }
}
