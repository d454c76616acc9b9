namespace DandelionMl.Backbones;

/// <summary>One backbone that a <see cref="BackboneProvider"/> offers: where its weights come from and how it is made. Thread-safe.
/// </summary>
public interface IBackboneSource
{
    /// <summary>What the backbone is.</summary>
    BackboneDescriptor Descriptor { get; }

    /// <summary>Whether it is available at all. Default: true. False if its weights are not configured and can't be downloaded.</summary>
    bool IsAvailable => true;

    /// <summary>Whether it loads without a network.</summary>
    bool IsDownloaded { get; }

    /// <summary>Fetches its weights, unless they are already on this machine.</summary>
    /// <param name="progress">Receives the bytes downloaded so far.</param>
    /// <param name="cancellationToken">Cancels the download; a later call resumes it.</param>
    /// <exception cref="BackboneUnavailableException">The weights can't be downloaded; the message says what to do.</exception>
    Task DownloadAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Makes the backbone, after <see cref="DownloadAsync"/>. The caller owns it.</summary>
    /// <exception cref="BackboneUnavailableException">The weights can't be read; the message says what to do.</exception>
    IBackbone Load();
}

/// <summary>A backbone that ships with a library and needs no download.</summary>
/// <param name="descriptor">What it is.</param>
/// <param name="load">Makes it.</param>
internal sealed class ShippedBackboneSource(BackboneDescriptor descriptor, Func<IBackbone> load) : IBackboneSource
{
    /// <inheritdoc/>
    public BackboneDescriptor Descriptor => descriptor;

    /// <inheritdoc/>
    public bool IsDownloaded => true;

    /// <inheritdoc/>
    public Task DownloadAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public IBackbone Load() => load();
}
