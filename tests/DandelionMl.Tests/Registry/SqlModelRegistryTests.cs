using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Testing.Conformance;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Registry;

public sealed class SqlModelRegistryTests : ModelRegistryConformance
{
    private readonly SqliteFile _file = new();
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 23, 59, 59, TimeSpan.Zero));

    protected override IImageStore Artifacts => new FolderImageStore(new FolderImageStoreOptions { Root = _folder.Path });

    public override async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
        await base.DisposeAsync();
    }

    protected override IModelRegistry Open() => Open(Artifacts);

    [Fact]
    public async Task Register_next_day_numbers_from_one()
    {
        var before = await Open().RegisterAsync(Registration(), Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));
        var after = await Open().RegisterAsync(Registration(), Cancellation);

        Assert.Equal("model/2026-03-01/dinov2_classifier_0.safetensors", before.ArtifactKey);
        Assert.Equal("model/2026-03-02/dinov2_classifier_0.safetensors", after.ArtifactKey);
    }

    [Theory]
    [InlineData("before the artifact is written")]
    [InlineData("after the artifact is written")]
    public async Task Register_crash_leaves_nothing_visible_and_the_next_goes_on(string when)
    {
        var crashing = new CrashingStore(Artifacts, isWritten: when.StartsWith("after", StringComparison.Ordinal));
        await Assert.ThrowsAsync<SimulatedCrashException>(() => Open(crashing).RegisterAsync(Registration(), Cancellation));

        Assert.Empty(await Open().ListAsync(Cancellation));
        Assert.Null(await Open().FindAsync(1, Cancellation));
        Assert.Null(await Open().GetChampionAsync(Cancellation));
        await Assert.ThrowsAsync<ModelNotFoundException>(() => Open().PromoteAsync(1, "any", Cancellation));
        await Assert.ThrowsAsync<ModelNotFoundException>(() => Open().LoadArtifactAsync(1, Cancellation));

        var next = await Open().RegisterAsync(Registration(), Cancellation);
        Assert.EndsWith("_1.safetensors", next.ArtifactKey, StringComparison.Ordinal);
        Assert.Equal([next.Version], (await Open().ListAsync(Cancellation)).Select(model => model.Version));
    }

    [Fact]
    public async Task Leftovers_reservation_of_a_day_that_is_over_is_found_and_removed()
    {
        await Open().RegisterAsync(Registration(), Cancellation);
        await Assert.ThrowsAsync<SimulatedCrashException>(
            () => Open(new CrashingStore(Artifacts, isWritten: false)).RegisterAsync(Registration(), Cancellation));
        var registry = Open(Artifacts);

        // On the same day its number must not be given out again.
        Assert.Empty(await ToListAsync(registry.FindLeftoversAsync(_time.GetUtcNow(), Cancellation)));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await ToListAsync(registry.FindLeftoversAsync(_time.GetUtcNow() - TimeSpan.FromHours(2), Cancellation)));
        var found = Assert.Single(await ToListAsync(registry.FindLeftoversAsync(_time.GetUtcNow() - TimeSpan.FromMinutes(30), Cancellation)));
        Assert.Equal(new Leftover("abandoned reservation", "2", new DateTimeOffset(2026, 3, 1, 23, 59, 59, TimeSpan.Zero)), found);

        await registry.RemoveLeftoverAsync(found, Cancellation);
        await registry.RemoveLeftoverAsync(found, Cancellation);
        await registry.RemoveLeftoverAsync(found with { Name = "1" }, Cancellation);
        Assert.Empty(await ToListAsync(registry.FindLeftoversAsync(_time.GetUtcNow(), Cancellation)));
        Assert.Equal([1], (await Open().ListAsync(Cancellation)).Select(model => model.Version));
        Assert.Equal(3, (await Open().RegisterAsync(Registration(), Cancellation)).Version);
    }

    [Fact]
    public async Task Every_change_of_state_is_recorded()
    {
        await Open().RegisterAsync(Registration(), Cancellation);
        await Open().RegisterAsync(Registration(), Cancellation);
        await Open().PromoteAsync(1, "the first", Cancellation);
        await Open().PromoteAsync(2, "better", Cancellation);

        Assert.Equal(
            [
                (1, "reserved", "candidate", "registered"),
                (2, "reserved", "candidate", "registered"),
                (1, "candidate", "champion", "the first"),
                (1, "champion", "archived", "replaced by version 2"),
                (2, "candidate", "champion", "better"),
            ],
            await ReadEventsAsync());
    }

    [Theory]
    [InlineData("dinov2-vits14", "dinov2_classifier")]
    [InlineData("dinov2-vits14_reg", "dinov2_classifier")]
    [InlineData("builtin-v1", "builtin_classifier")]
    [InlineData("resnet50", "resnet50_classifier")]
    [InlineData("my/own net", "my-own-net_classifier")]
    public void ArtifactName_is_the_backbones_family(string backboneId, string name) =>
        Assert.Equal(name, ArtifactName.Of(backboneId));

    private SqlModelRegistry Open(IImageStore store) => new(_file.Open(), store, _time);

    private Task<List<(int Version, string From, string To, string Reason)>> ReadEventsAsync() => _file.Open().ReadAsync(
        session => session.QueryAsync(
            "SELECT version, from_state, to_state, reason FROM model_events ORDER BY id",
            null,
            row => (row.GetFieldValue<int>(0), row.GetFieldValue<string>(1), row.GetFieldValue<string>(2), row.GetFieldValue<string>(3))),
        Cancellation);

    private sealed class CrashingStore : StoreDecorator
    {
        private readonly bool _isWritten;

        public CrashingStore(IImageStore inner, bool isWritten)
            : base(inner) => _isWritten = isWritten;

        public override async Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
        {
            if (_isWritten)
            {
                await base.PutAsync(key, content, cancellationToken);
            }

            throw new SimulatedCrashException();
        }
    }
}
