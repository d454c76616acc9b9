using System.Net;
using DandelionMl.Imaging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Reads an image's bytes from where it comes from, never more than the limit.</summary>
internal sealed class ImageFetcher
{
    private const int BufferSize = 64 * 1024;

    private readonly ImageDownload _download;
    private readonly ImageLimits _limits;
    private readonly ResiliencePipeline _downloads;

    public ImageFetcher(IHttpClientFactory http, IngestionOptions options, ImageLimits limits, TimeProvider time)
    {
        _download = new ImageDownload(http);
        _limits = limits;
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(MayPass),
                MaxRetryAttempts = options.MaxRetries,
                Delay = options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            });
        }

        _downloads = builder.AddTimeout(options.AttemptTimeout).Build();
    }

    /// <exception cref="ImageDecodingException">There are more bytes than the limit allows, or none.</exception>
    /// <exception cref="HttpRequestException">The server does not give the image.</exception>
    /// <exception cref="IOException">The file can't be read or the connection breaks.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="TimeoutRejectedException">The server takes too long.</exception>
    public async Task<byte[]> FetchAsync(Uri source, SourceRules rules, CancellationToken cancellationToken) => source.IsFile
        ? await ReadFileAsync(ImageSource.ToPath(source), cancellationToken).ConfigureAwait(false)
        : await _downloads.ExecuteAsync(
            async token => await DownloadAsync(source, rules, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private static bool MayPass(Exception exception) => exception switch
    {
        HttpRequestException { StatusCode: { } status } =>
            status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
        HttpRequestException { InnerException: PrivateAddressException } => false,
        HttpRequestException or IOException or TimeoutRejectedException => true,
        _ => false,
    };

    private async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        if (LocalFile.Find(path) is { Length: 0 })
        {
            throw new ImageDecodingException(ImageDecodingFailure.Empty, LocalFile.NoContent);
        }

        const FileShare anybody = FileShare.ReadWrite | FileShare.Delete;
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, anybody, bufferSize: 0, useAsync: true);
        await using var fileLifetime = file.ConfigureAwait(false);
        return await ReadAsync(file, file.Length, cancellationToken).ConfigureAwait(false);
    }

    private async Task<byte[]> DownloadAsync(Uri source, SourceRules rules, CancellationToken cancellationToken)
    {
        using var response = await _download.GetAsync(source, rules, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}.", inner: null, response.StatusCode);
        }

        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var bodyLifetime = body.ConfigureAwait(false);
        return await ReadAsync(body, response.Content.Headers.ContentLength ?? 0, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads an image that is open.</summary>
    /// <exception cref="ImageDecodingException">There are more bytes than the limit allows, or none.</exception>
    public async Task<byte[]> ReadAsync(Stream stream, long announcedLength, CancellationToken cancellationToken)
    {
        CheckLength(announcedLength);
        using var bytes = new MemoryStream((int)announcedLength);
        var buffer = new byte[BufferSize];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            CheckLength(bytes.Length + read);
            bytes.Write(buffer, 0, read);
        }

        return bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray();
    }

    private void CheckLength(long length)
    {
        if (length > _limits.MaxBytes)
        {
            throw new ImageDecodingException(
                ImageDecodingFailure.TooLarge, $"The image is at least {length} bytes; the limit is {_limits.MaxBytes} bytes.");
        }
    }
}
