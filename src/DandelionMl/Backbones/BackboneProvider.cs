using DandelionMl.Backbones.DinoV2;
using DandelionMl.Backbones.Download;
using DandelionMl.Imaging;

namespace DandelionMl.Backbones;

/// <summary>Gives the backbones of its sources, then the DINOv2 networks. Each is loaded when it is first asked for and freed with the
/// provider.</summary>
public sealed class BackboneProvider : IBackboneProvider, IDisposable
{
    // Long enough for a slow network, short enough to go on without one.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Entry> _entries;
    private readonly HttpClient? _ownClient;

    /// <summary>Creates a provider.</summary>
    /// <param name="sources">Further backbones, the built-in one first.</param>
    /// <param name="dinoV2Preprocessing">How images are prepared for DINOv2.</param>
    /// <param name="options">Where weights are; null for the defaults.</param>
    /// <param name="client">Does the downloads; null for one with a connect time-out of 5 s and no other.</param>
    /// <param name="time">The clock that waiting goes by; null for the system's.</param>
    /// <exception cref="ArgumentException">Two sources have the same id.</exception>
    /// <exception cref="UnknownBackboneException">The options name weights for a backbone that is not known.</exception>
    public BackboneProvider(
        IEnumerable<IBackboneSource> sources, Preprocessing dinoV2Preprocessing, BackboneOptions? options = null,
        HttpClient? client = null, TimeProvider? time = null)
    {
        options ??= new BackboneOptions();
        _ownClient = client is null ? CreateClient() : null;
        var downloader = new WeightsDownloader(
            client ?? _ownClient!, options.WeightsFolder ?? Path.Combine(UserCache.Root, "weights"), time ?? TimeProvider.System);
        var all = sources.Concat(DinoV2Source.All(options, downloader, dinoV2Preprocessing)).ToArray();
        _entries = all.ToDictionary(source => source.Descriptor.Id, source => new Entry(source), StringComparer.Ordinal);
        Available = [.. all.Select(source => source.Descriptor)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<BackboneDescriptor> Available { get; }

    /// <inheritdoc/>
    public bool IsDownloaded(string id) => Find(id).Source.IsDownloaded;

    /// <inheritdoc/>
    public Task DownloadAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Find(id).Source.DownloadAsync(progress, cancellationToken);

    /// <inheritdoc/>
    public async Task<IBackbone> GetAsync(
        string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var entry = Find(id);
        await entry.Gate.WaitAsync(cancellationToken);
        try
        {
            if (entry.Backbone is null)
            {
                await entry.Source.DownloadAsync(progress, cancellationToken);
                // Reading and hashing the weights takes a while.
                entry.Backbone = await Task.Run(entry.Source.Load, cancellationToken);
            }

            return entry.Backbone;
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    /// <summary>Frees every backbone that was loaded.</summary>
    public void Dispose()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Backbone?.Dispose();
            entry.Gate.Dispose();
        }

        _ownClient?.Dispose();
    }

    private Entry Find(string id) =>
        _entries.TryGetValue(id, out var entry) ? entry : throw new UnknownBackboneException(id, _entries.Keys);

    private static HttpClient CreateClient() => new(
        new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private sealed class Entry(IBackboneSource source)
    {
        public IBackboneSource Source => source;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public IBackbone? Backbone { get; set; }
    }
}
