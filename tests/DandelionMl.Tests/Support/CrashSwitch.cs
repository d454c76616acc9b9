using System.Runtime.CompilerServices;
using DandelionMl.Catalog;
using DandelionMl.Storage;

namespace DandelionMl.Tests.Support;

/// <summary>Ends a simulated process at its k-th step on catalog and store: right before the step, or right after it was carried out. From
/// then on every call fails.</summary>
internal sealed class CrashSwitch
{
    private readonly int _step;
    private readonly bool _isCarriedOut;
    private int _steps;

    /// <param name="step">The step to end at, counted from 0; -1 for none.</param>
    /// <param name="isCarriedOut">Whether that step still takes effect.</param>
    public CrashSwitch(int step, bool isCarriedOut)
    {
        _step = step;
        _isCarriedOut = isCarriedOut;
    }

    public int Steps => _steps;

    public async Task<T> StepAsync<T>(Func<Task<T>> call)
    {
        var step = Interlocked.Increment(ref _steps) - 1;
        if (_step >= 0 && (step > _step || (step == _step && !_isCarriedOut)))
        {
            throw new SimulatedCrashException();
        }

        var result = await call();
        return step == _step ? throw new SimulatedCrashException() : result;
    }
}

internal sealed class CrashingCatalog(IImageCatalog inner, CrashSwitch crash) : IImageCatalog
{
    public Task<int> RegisterAsync(IReadOnlyCollection<ManifestEntry> entries, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => inner.RegisterAsync(entries, cancellationToken));

    public Task<CatalogImage> MarkStoredAsync(long id, StoredContent content, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => inner.MarkStoredAsync(id, content, cancellationToken));

    public Task<IReadOnlyList<CatalogImage>> MarkStoredAsync(
        IReadOnlyList<KeyValuePair<long, StoredContent>> images, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => inner.MarkStoredAsync(images, cancellationToken));

    public Task<bool> MarkLostAsync(long id, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => inner.MarkLostAsync(id, cancellationToken));

    public Task<CatalogImage?> FindAsync(long id, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => inner.FindAsync(id, cancellationToken));

    public Task<CatalogImage?> FindBySourceAsync(string urlSource, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => inner.FindBySourceAsync(urlSource, cancellationToken));

    public Task<CatalogImage?> FindBySha256Async(string sha256, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => inner.FindBySha256Async(sha256, cancellationToken));

    public Task<IReadOnlyDictionary<string, CatalogImage>> FindBySourceAsync(
        IReadOnlyCollection<string> urlSources, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => inner.FindBySourceAsync(urlSources, cancellationToken));

    public Task<IReadOnlyDictionary<string, CatalogImage>> FindByBytesAsync(
        IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => inner.FindByBytesAsync(sha256, cancellationToken));

    public Task<IReadOnlyDictionary<string, CatalogImage>> FindBySha256Async(
        IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => inner.FindBySha256Async(sha256, cancellationToken));

    public async IAsyncEnumerable<CatalogImage> ListAsync(
        ImageState state, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var image in inner.ListAsync(state, cancellationToken))
        {
            yield return await crash.StepAsync(() => Task.FromResult(image));
        }
    }

    public Task<IReadOnlyDictionary<string, long>> CountByLabelAsync(ImageState state, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => inner.CountByLabelAsync(state, cancellationToken));
}

internal sealed class CrashingStore(IImageStore inner, CrashSwitch crash) : StoreDecorator(inner)
{
    public override Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default) =>
        crash.StepAsync(async () =>
        {
            await base.PutAsync(key, content, cancellationToken);
            return 0;
        });

    public override Task CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken = default) =>
        crash.StepAsync(async () =>
        {
            await base.CopyAsync(sourceKey, destinationKey, cancellationToken);
            return 0;
        });

    public override Task<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) =>
        crash.StepAsync(() => base.DeleteAsync(key, cancellationToken));
}
