using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Testing.Conformance;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Testing.Tests;

public sealed class InMemoryModelRegistryTests : ModelRegistryConformance
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 23, 59, 59, TimeSpan.Zero));
    private readonly InMemoryModelRegistry _registry;

    public InMemoryModelRegistryTests() => _registry = new InMemoryModelRegistry(Artifacts, _time);

    protected override IImageStore Artifacts { get; } = new InMemoryImageStore();

    protected override IModelRegistry Open() => _registry;

    [Fact]
    public async Task Register_next_day_numbers_from_one()
    {
        var before = await _registry.RegisterAsync(Registration(), Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));
        var after = await _registry.RegisterAsync(Registration(), Cancellation);

        Assert.Equal("model/2026-03-01/dinov2_classifier_0.safetensors", before.ArtifactKey);
        Assert.Equal("model/2026-03-02/dinov2_classifier_0.safetensors", after.ArtifactKey);
    }

    [Fact]
    public async Task AddChampion_replaces_the_one_before()
    {
        await _registry.AddChampionAsync("dandelion", "grass");
        var second = await _registry.AddChampionAsync("dandelion", "grass", "clover", "moss");

        Assert.Equal((2, ModelState.Champion), (second.Version, second.State));
        Assert.Equal(["dandelion", "grass", "clover", "moss"], second.Labels);
        Assert.Equal(ModelState.Archived, (await _registry.FindAsync(1, Cancellation))!.State);
    }

    [Fact]
    public async Task AddChampion_of_one_class_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _registry.AddChampionAsync("dandelion"));

        Assert.Empty(await _registry.ListAsync(Cancellation));
    }
}
