using System.IO.Compression;
using System.Text;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>A file of the pages, as it is and compressed. Thread-safe.</summary>
internal sealed class PageFile
{
    private readonly Lazy<byte[]> _brotli;
    private readonly Lazy<byte[]> _gzip;

    /// <param name="content">Its content.</param>
    /// <param name="version">What changes with it.</param>
    public PageFile(byte[] content, string version)
    {
        (Content, Version) = (content, version);
        _brotli = new(() => Compress(to => new BrotliStream(to, CompressionLevel.Optimal)));
        _gzip = new(() => Compress(to => new GZipStream(to, CompressionLevel.Optimal)));
    }

    public byte[] Content { get; }

    public string Version { get; }

    public string Text => Encoding.UTF8.GetString(Content);

    /// <summary>Its content as a browser takes it.</summary>
    /// <param name="accepts">Whether it takes an encoding.</param>
    /// <returns>The bytes, and their encoding; null for none.</returns>
    public (byte[] Bytes, string? Encoding) Encode(Func<string, bool> accepts) =>
        accepts("br") ? (_brotli.Value, "br") : accepts("gzip") ? (_gzip.Value, "gzip") : (Content, null);

    private byte[] Compress(Func<Stream, Stream> compressor)
    {
        using var compressed = new MemoryStream();
        using (var stream = compressor(compressed))
        {
            stream.Write(Content);
        }

        return compressed.ToArray();
    }
}
