using DandelionMl.Storage;
using DandelionMl.Testing.Conformance;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Testing.Tests;

public sealed class InMemoryImageStoreTests : ImageStoreConformance
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly InMemoryImageStore _store;

    public InMemoryImageStoreTests() => _store = new InMemoryImageStore(_time);

    protected override IImageStore Open() => _store;

    [Fact]
    public async Task List_says_when_each_was_last_written()
    {
        await _store.PutAsync("raw/a.jpg", new MemoryStream([1]), Cancellation);
        _time.Advance(TimeSpan.FromHours(1));
        await _store.CopyAsync("raw/a.jpg", "raw/b.jpg", Cancellation);

        var hours = (await ToListAsync(_store.ListAsync(cancellationToken: Cancellation))).Select(found => found.LastModified.Hour);
        Assert.Equal([12, 13], hours);
    }

    [Fact]
    public async Task Read_object_cannot_be_changed()
    {
        await _store.PutAsync("raw/a.jpg", new MemoryStream([1]), Cancellation);
        await using var read = await _store.OpenReadAsync("raw/a.jpg", Cancellation);

        Assert.False(read.CanWrite);
    }
}
