using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using DandelionMl.Backbones;
using Polly;
using Polly.Retry;

namespace DandelionMl.DinoV2.Download;

/// <summary>Downloads pinned files into a folder. A file appears there under its name only when it is complete and has the right hash;
/// until then its bytes lie in <c>{name}.partial</c>, where the next try goes on, in this process or another. Thread-safe.</summary>
internal sealed class WeightsDownloader
{
    private const int BufferBytes = 1 << 17;

    // How long a server may send nothing in the middle of a file.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(30);

    // How often to look whether another process has finished.
    private static readonly TimeSpan LockPolling = TimeSpan.FromMilliseconds(500);

    // Long enough for a slow network, short enough to go on without one.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly Func<HttpClient> _clients;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _retry;

    /// <summary>Creates a downloader.</summary>
    /// <param name="clients">Gives what does the requests of one download; it must neither limit a download's time nor retry.</param>
    /// <param name="folder">Where the files go, made when needed; null for the current user's cache.</param>
    /// <param name="time">The clock that waiting goes by.</param>
    public WeightsDownloader(Func<HttpClient> clients, string? folder, TimeProvider time)
    {
        (_clients, _folder, _time) = (clients, folder ?? Path.Combine(UserCache.Root, "weights"), time);
        _retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<InterruptedDownloadException>(),
                MaxRetryAttempts = 5,
                Delay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromSeconds(15),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .Build();
    }

    /// <summary>The name of the client that downloads weights, for an application that sets a proxy or a handler of its own.</summary>
    public const string ClientName = "DandelionMl.DinoV2";

    /// <summary>Sets the client up.</summary>
    public static void Configure(HttpClient client) => client.Timeout = Timeout.InfiniteTimeSpan;

    /// <summary>What the client sends with.</summary>
    public static HttpMessageHandler CreateHandler() =>
        new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };

    /// <summary>Where a file lies once it is downloaded.</summary>
    public string PathOf(PinnedFile file) => Path.Combine(_folder, file.FileName);

    /// <summary>Whether a file is there. Its size is checked, its hash is when it is read.</summary>
    public bool IsDownloaded(PinnedFile file) => new FileInfo(PathOf(file)) is { Exists: true } info && info.Length == file.Bytes;

    /// <summary>Downloads a file, unless it is there already.</summary>
    /// <param name="file">The file.</param>
    /// <param name="progress">Told of the bytes on disk.</param>
    /// <param name="cancellationToken">Cancels; what has come stays for the next try.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="BackboneUnavailableException">It can't be downloaded; the message says what to do.</exception>
    public async Task<string> DownloadAsync(
        PinnedFile file, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var path = PathOf(file);
        if (IsDownloaded(file))
        {
            return path;
        }

        try
        {
            Directory.CreateDirectory(_folder);
            await using var held = (await LockAsync(path + ".lock", cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            if (!IsDownloaded(file))
            {
                await FetchAsync(file, path + ".partial", progress, cancellationToken).ConfigureAwait(false);
                File.Move(path + ".partial", path, overwrite: true);
            }

            return path;
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw new BackboneUnavailableException(
                $"The weights can't be downloaded from {file.Address}: {cause.Message.TrimEnd('.')}. Check the network (or the proxy, "
                + $"HTTPS_PROXY) and try again; or copy that file ({file.Bytes} bytes) to {path} yourself; or set a local copy in "
                + "the option LocalWeights.",
                cause);
        }
    }

    // The lock file stays: deleting it would let two processes hold two different files of the same name.
    private async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException cause) when (IsHeldByAnother(cause))
            {
                await Task.Delay(LockPolling, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // ERROR_SHARING_VIOLATION on Windows; EAGAIN of flock elsewhere (11 on Linux, 35 on macOS).
    private static bool IsHeldByAnother(IOException exception) => (exception.HResult & 0xFFFF) is 32 or 11 or 35;

    private async Task FetchAsync(
        PinnedFile file, string partialPath, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        var partial = new FileStream(
            partialPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 1, useAsync: true);
        await using var partialLifetime = partial.ConfigureAwait(false);
        await _retry.ExecuteAsync(
            async token => await ReceiveAsync(file, partial, progress, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

        partial.Position = 0;
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(partial, cancellationToken).ConfigureAwait(false));
        if (sha256 != file.Sha256)
        {
            Refuse(partial, $"the file from {file.Address} has SHA-256 {sha256}, not {file.Sha256}");
        }

        partial.Flush(flushToDisk: true);
    }

    private async Task ReceiveAsync(
        PinnedFile file, FileStream partial, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        if (partial.Length > file.Bytes)
        {
            partial.SetLength(0);
        }

        if (partial.Length == file.Bytes)
        {
            return;
        }

        var before = partial.Length;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, file.Address);
            request.Headers.Range = before > 0 ? new RangeHeaderValue(before, null) : null;
            using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
            PrepareFor(response, file, partial);
            await CopyAsync(response, file, partial, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception cause) when (IsTransient(cause, receivedSome: partial.Length > before))
        {
            throw new InterruptedDownloadException(cause);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _clients().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException cause) when (!cancellationToken.IsCancellationRequested)
        {
            // How a connect time-out shows itself.
            throw new HttpRequestException(HttpRequestError.ConnectionError, "the server did not answer in time", cause);
        }
    }

    /// <summary>Checks the answer, and sets the file to where its bytes go.</summary>
    private static void PrepareFor(HttpResponseMessage response, PinnedFile file, FileStream partial)
    {
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            partial.SetLength(0);
            throw new InterruptedDownloadException(new IOException("the server can't send the rest of the file"));
        }

        response.EnsureSuccessStatusCode();
        var isRest = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == partial.Length;
        if (!isRest)
        {
            // The whole file, from a server that knows no ranges.
            partial.SetLength(0);
        }

        partial.Position = partial.Length;
        if (response.Content.Headers.ContentLength is { } length && length != file.Bytes - partial.Length)
        {
            Refuse(partial, $"{file.Address} does not have the expected size of {file.Bytes} bytes");
        }
    }

    private async Task CopyAsync(
        HttpResponseMessage response, PinnedFile file, FileStream partial, IProgress<DownloadProgress>? progress,
        CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var bodyLifetime = body.ConfigureAwait(false);
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var count = await ReadAsync(body, buffer, cancellationToken).ConfigureAwait(false);
            if (count > file.Bytes - partial.Position)
            {
                Refuse(partial, $"{file.Address} sent more than the expected {file.Bytes} bytes");
            }

            if (count == 0)
            {
                break;
            }

            await partial.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            progress?.Report(new DownloadProgress(partial.Position, file.Bytes));
        }

        if (partial.Position < file.Bytes)
        {
            throw new IOException($"the connection was closed after {partial.Position} of {file.Bytes} bytes");
        }
    }

    private async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        using var stalled = new CancellationTokenSource(ReadTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stalled.Token);
        try
        {
            return await body.ReadAsync(buffer, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stalled.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"the server sent nothing for {ReadTimeout.TotalSeconds} s");
        }
    }

    // Without a network the first request fails at once, and so does the call; once something has come, the network is worth waiting for.
    private static bool IsTransient(Exception exception, bool receivedSome) => exception switch
    {
        InterruptedDownloadException => false,
        BackboneUnavailableException => false,
        HttpRequestException { StatusCode: { } status } =>
            (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError } =>
            receivedSome,
        HttpRequestException or IOException => true,
        _ => false,
    };

    private static void Refuse(FileStream partial, string reason)
    {
        File.Delete(partial.Name);
        throw new BackboneUnavailableException(
            $"The download was refused and removed: {reason}. Check whether a proxy changes it, or set a local copy in the option "
            + "LocalWeights.");
    }
}
