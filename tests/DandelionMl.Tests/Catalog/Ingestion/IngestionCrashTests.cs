using DandelionMl.Catalog.Ingestion;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class IngestionCrashTests
{
    private static CancellationToken Cancellation => IngestionFixture.Cancellation;

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task Ingest_ended_at_any_step_and_run_again_ends_like_an_undisturbed_run(int maxConcurrency, bool isCarriedOut)
    {
        await using var undisturbed = Prepare();
        await undisturbed.IngestFolderAsync();
        var expected = await undisturbed.ReadStateAsync();

        var step = 0;
        while (await CrashAsync(step, maxConcurrency, isCarriedOut, expected))
        {
            step++;
        }

        // The number of steps: one registration, four rows listed, a look for known bytes, three objects put, the rows marked, a look for the
        // duplicate's original; more where images come in several batches.
        Assert.InRange(step, 11, 100);
    }

    /// <returns>Whether the run got as far as the step.</returns>
    private static async Task<bool> CrashAsync(int step, int maxConcurrency, bool isCarriedOut, List<string> expected)
    {
        await using var fixture = Prepare();
        var crash = new CrashSwitch(step, isCarriedOut);
        var ingestor = fixture.Ingestor(
            new CrashingCatalog(fixture.OpenCatalog(), crash), new CrashingStore(fixture.OpenStore(), crash), maxConcurrency: maxConcurrency);
        var crashed = false;
        try
        {
            await ingestor.IngestAsync(new FolderDataset(fixture.Images.Path), cancellationToken: Cancellation);
        }
        catch (SimulatedCrashException)
        {
            crashed = true;
        }

        await fixture.IngestFolderAsync();
        Assert.Equal(expected, await fixture.ReadStateAsync());
        return crashed;
    }

    private static IngestionFixture Prepare()
    {
        var fixture = new IngestionFixture();
        fixture.WriteImage("dandelion/1.jpg", "one");
        fixture.WriteImage("dandelion/2.jpg", "two");
        fixture.WriteImage("grass/3.jpg", "one");
        fixture.WriteImage("grass/4.jpg", "four");
        return fixture;
    }
}
