namespace DandelionMl.Backbones;

/// <summary>Gives the backbones of its sources. Each is loaded when it is first asked for and freed with the provider.</summary>
internal sealed class BackboneProvider : IBackboneProvider, IDisposable
{
    private readonly Dictionary<string, Entry> _entries;

    /// <summary>Creates a provider.</summary>
    /// <param name="sources">Where the backbones come from, the built-in one first.</param>
    /// <param name="options">Names local weights; null for none.</param>
    /// <exception cref="BackboneUnavailableException">Two sources have the same id, or the options name weights for a backbone
    /// that no source has.</exception>
    public BackboneProvider(IEnumerable<IBackboneSource> sources, BackboneOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var list = sources.ToList();
        if (list.CountBy(source => source.Descriptor.Id).FirstOrDefault(item => item.Value > 1).Key is { } twice)
        {
            throw new BackboneUnavailableException(
                $"There are two backbones '{twice}', such as one of the configuration and one that was added. Give one of them another id.");
        }

        _entries = list.ToDictionary(source => source.Descriptor.Id, source => new Entry(source), StringComparer.Ordinal);
        Available = [.. _entries.Values.Where(entry => entry.Source.IsAvailable).Select(entry => entry.Source.Descriptor)];
        if (options?.LocalWeights.Keys.FirstOrDefault(id => !_entries.ContainsKey(id)) is { } unknown)
        {
            throw BackboneUnavailableException.Unknown(unknown, _entries.Keys);
        }
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
        await entry.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (entry.Backbone is null)
            {
                await entry.Source.DownloadAsync(progress, cancellationToken).ConfigureAwait(false);
                // Reading and hashing the weights takes a while.
                entry.Backbone = await Task.Run(entry.Source.Load, cancellationToken).ConfigureAwait(false);
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
    }

    private Entry Find(string id) =>
        _entries.TryGetValue(id, out var entry) ? entry : throw BackboneUnavailableException.Unknown(id, _entries.Keys);

    private sealed class Entry(IBackboneSource source)
    {
        public IBackboneSource Source => source;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public IBackbone? Backbone { get; set; }
    }
}
