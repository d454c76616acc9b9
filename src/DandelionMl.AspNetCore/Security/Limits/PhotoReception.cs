using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>Receives the photos of a request: refuses one where too many are on their way in, before a byte of it is read, writes what is large
/// to a temporary file while it comes in, and lets it into memory once there is room. Thread-safe.</summary>
internal sealed class PhotoReception(PhotoTraffic traffic)
{
    /// <summary>Room for the multipart frame around a photo, in bytes.</summary>
    public const int MultipartOverhead = 64 * 1024;

    /// <summary>Bytes of a part that are kept in memory while it comes in; each part has a buffer of that size.</summary>
    private const int BufferOfPart = 64 * 1024;

    /// <summary>Photos in memory at a time, as they were sent; what decoding takes is bounded apart.</summary>
    private const long InMemory = 128 * 1024 * 1024;

    /// <summary>COR_E_IO, what an <see cref="IOException"/> has that no system call raised.</summary>
    private const int ErrorWithoutNumber = unchecked((int)0x80131620);

    private readonly MemoryBudget _memory = new(InMemory);

    /// <summary>Receives the photos, and answers the request with them.</summary>
    public async Task ReceiveAsync(HttpContext context, Func<Task> answer)
    {
        var mostParts = context.GetEndpoint()?.Metadata.GetMetadata<PhotoForm>()?.MostParts ?? 1;
        using var room = traffic.TryEnter(ClientAddress.Describe(context), MostBytes(context) + ((long)mostParts * BufferOfPart));
        if (room is null)
        {
            context.Response.SetRetryAfter(TimeSpan.FromSeconds(1));

            // Else what is still to come of the body would be read, and thrown away, for some seconds.
            context.Response.Headers.Connection = "close";
            await context.WriteProblemAsync(
                StatusCodes.Status429TooManyRequests,
                "Too many photos at once",
                "Too many photos are being received. Try again in a moment.").ConfigureAwait(false);
            return;
        }

        context.Features.Set<IFormFeature>(new FormFeature(context.Request, new FormOptions
        {
            MultipartBodyLengthLimit = MostBytes(context),
            MemoryBufferThreshold = BufferOfPart,
            ValueCountLimit = mostParts,
        }));
        using var memory = await _memory.TakeAsync(await ReadAsync(context).ConfigureAwait(false), context.RequestAborted).ConfigureAwait(false);
        room.Dispose();
        await answer().ConfigureAwait(false);
    }

    private static long MostBytes(HttpContext context) => context.Request.ContentLength
        ?? context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? 0;

    /// <returns>The bytes of the largest photo: of several, one is in memory at a time.</returns>
    private static async Task<long> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            return 0;
        }

        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
            return form.Files.Select(file => file.Length).DefaultIfEmpty(0).Max();
        }
        catch (Exception exception) when (IsOfTheFolder(exception))
        {
            throw new StorageUnavailableException($"Photos can't be received in the folder for temporary files: {exception.Message}", exception);
        }
        catch (Exception exception) when (
            exception is InvalidDataException or IOException and not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The form is damaged or cut off, or has too many fields.", exception);
        }
    }

    /// <summary>Whether an error is of the temporary file rather than of what was sent: those bear the system's number.</summary>
    private static bool IsOfTheFolder(Exception exception) =>
        exception is UnauthorizedAccessException
        || (exception is IOException { HResult: not ErrorWithoutNumber } and not (BadHttpRequestException or EndOfStreamException));
}
