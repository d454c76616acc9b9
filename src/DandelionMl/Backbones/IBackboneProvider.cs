namespace DandelionMl.Backbones;

/// <summary>Gives backbones by id, loading each at most once in a process; it owns them. Thread-safe.</summary>
public interface IBackboneProvider
{
    /// <summary>All available backbones, the built-in one first.</summary>
    IReadOnlyList<BackboneDescriptor> Available { get; }

    /// <summary>Whether the backbone's weights are on this machine, so that it loads without a network.</summary>
    /// <param name="id">The backbone's id.</param>
    /// <exception cref="BackboneUnavailableException">No backbone has this id.</exception>
    bool IsDownloaded(string id);

    /// <summary>Fetches the backbone's weights, unless they are already on this machine.</summary>
    /// <param name="id">The backbone's id.</param>
    /// <param name="progress">Receives the bytes downloaded so far.</param>
    /// <param name="cancellationToken">Cancels the download; a later call resumes it.</param>
    /// <exception cref="BackboneUnavailableException">No backbone has this id, or the weights can't be downloaded; the message says what
    /// to do.</exception>
    Task DownloadAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Loads the backbone, downloading its weights if need be. The caller does not dispose it.</summary>
    /// <param name="id">The backbone's id.</param>
    /// <param name="progress">Receives the bytes downloaded so far, if there is a download.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="BackboneUnavailableException">No backbone has this id, or the weights can't be had or read; the message says
    /// what to do.</exception>
    Task<IBackbone> GetAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default);
}

/// <summary>An available backbone.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Description">One line for people.</param>
/// <param name="Dimensions">Length of an embedding; 0 where that is known only once it is loaded.</param>
/// <param name="DownloadBytes">Size of its weights in bytes, or 0 if they ship with the library.</param>
/// <param name="License">SPDX id of the weights' licence.</param>
public sealed record BackboneDescriptor(string Id, string Description, int Dimensions, long DownloadBytes, string License)
{
    /// <summary>Its rank in the automatic choice: of the backbones that can be loaded, the one with the highest rank is
    /// used. The built-in backbone's is 0. Default: null, for one that is used only when it is asked for by its id.</summary>
    public int? Rank { get; init; }
}

/// <summary>The progress of a download.</summary>
/// <param name="ReceivedBytes">Bytes on disk so far, those of earlier tries included.</param>
/// <param name="TotalBytes">Bytes in all.</param>
public readonly record struct DownloadProgress(long ReceivedBytes, long TotalBytes);
