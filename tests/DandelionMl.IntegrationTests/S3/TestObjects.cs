using System.Security.Cryptography;
using DandelionMl.Storage;

namespace DandelionMl.IntegrationTests.S3;

/// <summary>Writes and reads the objects of tests.</summary>
internal static class TestObjects
{
    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static async Task PutBytesAsync(this IImageStore store, string key, byte[] bytes, CancellationToken cancellationToken)
    {
        await using var content = new OneWayStream(bytes);
        await store.PutAsync(key, content, cancellationToken);
    }

    public static async Task<byte[]> ReadBytesAsync(this IImageStore store, string key, CancellationToken cancellationToken)
    {
        await using var content = await store.OpenReadAsync(key, cancellationToken);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }
}
