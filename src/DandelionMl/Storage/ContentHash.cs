using System.Buffers;
using System.Security.Cryptography;

namespace DandelionMl.Storage;

/// <summary>The SHA-256 of some bytes as this library writes it everywhere: 64 lower-case hexadecimal digits.</summary>
internal static class ContentHash
{
    private const int Length = 64;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static bool IsWellFormed(ReadOnlySpan<char> sha256) =>
        sha256.Length == Length && !sha256.ContainsAnyExcept(Digits);

    /// <exception cref="ArgumentException">The text is not 64 lower-case hexadecimal digits.</exception>
    public static void Check(string sha256, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(sha256, parameterName);
        if (!IsWellFormed(sha256))
        {
            throw new ArgumentException($"'{sha256}' is not a SHA-256: it needs 64 lower-case hexadecimal digits.", parameterName);
        }
    }
}
