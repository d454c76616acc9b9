using DandelionMl.Threading;

namespace DandelionMl.Imaging.Decoding;

/// <summary>Decodes pictures on threads of its own, so that whatever people send, the process has memory and the thread pool has threads for
/// everything else. Pictures that take much memory stand in a lane of their own: they are decoded one at a time, or a few on a large machine,
/// and the usual photos pass them. The lanes are the process's, since cores and memory are.</summary>
internal static class DecodingLanes
{
    private const long Megabyte = 1 << 20;

    /// <summary>The most that the largest picture takes: 8192 × 6144 pixels, 16 bytes each.</summary>
    private const long Largest = 800 * Megabyte;

    private static readonly long Memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    // An eighth of the memory for usual photos, and an eighth for large ones; one of each at least.
    private static readonly Lazy<LowPriorityLane> Usual = new(
        () => new LowPriorityLane("decoding", (int)Math.Clamp(Memory / 8 / DecodingCost.LargeFrom, 1, Environment.ProcessorCount)));

    private static readonly Lazy<LowPriorityLane> Large = new(
        () => new LowPriorityLane("decoding large pictures", (int)Math.Clamp(Memory / 8 / Largest, 1, Math.Max(1, Environment.ProcessorCount / 4)), Release));

    /// <summary>Gives the pixels of a large picture back, up to 150 MB, which else pile up until the next collection of the large object heap:
    /// its budget grows with what was there last.</summary>
    private static void Release() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);

    /// <summary>Runs work that decodes a picture, when its turn comes.</summary>
    /// <param name="photo">The whole file.</param>
    /// <param name="work">What decodes it.</param>
    /// <param name="cancellationToken">Cancels the wait; work that has begun is done.</param>
    /// <returns>What the work gives, once it has ended.</returns>
    /// <exception cref="ImageDecodingException">It would take more than half of the machine's memory; or what the work raises.</exception>
    public static Task<T> RunAsync<T>(ReadOnlyMemory<byte> photo, Func<T> work, CancellationToken cancellationToken) =>
        RunAsync(DecodingCost.Of(photo.Span), work, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}(ReadOnlyMemory{byte}, Func{T}, CancellationToken)"/>
    /// <param name="cost">What the picture takes.</param>
    /// <param name="work">What decodes it.</param>
    /// <param name="cancellationToken">Cancels the wait; work that has begun is done.</param>
    public static Task<T> RunAsync<T>(DecodingCost cost, Func<T> work, CancellationToken cancellationToken) => cost.Bytes > Memory / 2
        ? Task.FromException<T>(new ImageDecodingException(
            ImageDecodingFailure.TooLarge, $"Decoding this picture takes {cost.Bytes / Megabyte} MB, more than half of this machine's memory."))
        : (cost.IsLarge ? Large : Usual).Value.RunAsync(work, cancellationToken);
}
