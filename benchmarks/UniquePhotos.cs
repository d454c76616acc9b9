using System.Buffers.Binary;

namespace DandelionMl.Benchmarks;

/// <summary>Photos of which no two are the same to the byte, as those of real users are: a few photos, each time with another comment in the
/// file. Neither a cache of embeddings nor a count of distinct photos takes two for one.</summary>
internal sealed class UniquePhotos(byte[][] photos)
{
    private const int CommentLength = 10;

    private long _made;

    public static async Task<UniquePhotos> ReadAsync(string folder) => new(await Task.WhenAll(
        Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => File.ReadAllBytesAsync(file))));

    /// <summary>The next photo; thread-safe.</summary>
    public byte[] Next()
    {
        var number = Interlocked.Increment(ref _made);
        var photo = photos[number % photos.Length];
        Span<byte> comment = stackalloc byte[CommentLength + 2];
        (comment[0], comment[1]) = (0xFF, 0xFE);
        BinaryPrimitives.WriteUInt16BigEndian(comment[2..], CommentLength);
        BinaryPrimitives.WriteInt64BigEndian(comment[4..], number);

        // Behind the two bytes that begin a JPEG.
        return [.. photo.AsSpan(0, 2), .. comment, .. photo.AsSpan(2)];
    }
}
