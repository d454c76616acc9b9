using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>Receives the photos of a request: refuses one where too many are on their way in, before a byte of it is read, writes what is large
/// to a temporary file while it comes in, and lets it into memory once there is room. Thread-safe.</summary>
internal sealed class PhotoReception(PhotoTraffic traffic, IOptions<DandelionMlOptions> options)
{
    /// <summary>Room for the multipart frame around a photo, in bytes.</summary>
    public const int MultipartOverhead = 64 * 1024;

    private const int Megabyte = 1 << 20;

    /// <summary>Photos in memory at a time, as they were sent; what decoding takes is bounded apart.</summary>
    private const long InMemory = 128 * Megabyte;

    private readonly MemoryBudget _memory = new(InMemory);

    private readonly FormOptions _form = new()
    {
        MultipartBodyLengthLimit = options.Value.Images.MaxBytes + MultipartOverhead,
        MemoryBufferThreshold = Megabyte,
    };

    /// <summary>Receives the photos, and answers the request with them.</summary>
    public async Task ReceiveAsync(HttpContext context, Func<Task> answer)
    {
        using var room = traffic.TryEnter(ClientAddress.Describe(context), MostBytes(context));
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

        context.Features.Set<IFormFeature>(new FormFeature(context.Request, _form));
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
        catch (Exception exception) when (exception is InvalidDataException or IOException && !context.RequestAborted.IsCancellationRequested)
        {
            // The endpoint reads the same and says what is wrong.
            return 0;
        }
    }
}
