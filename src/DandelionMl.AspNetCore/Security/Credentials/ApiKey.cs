using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DandelionMl.AspNetCore.Security.Credentials;

/// <summary>Keys of programs: 256 random bits, which nobody can guess, so that a plain SHA-256 keeps them well.</summary>
internal static class ApiKey
{
    /// <summary>Lets people, and scanners of leaked secrets, see what a key belongs to.</summary>
    private const string Prefix = "dandelion_";

    private const int RandomBytes = 32;

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <returns>Lower-case hexadecimal.</returns>
    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public static bool IsHash(string text) => text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigit);

    /// <summary>Compares in a time that does not depend on where the two differ.</summary>
    public static bool Verify(string hash, string key) =>
        CryptographicOperations.FixedTimeEquals(Convert.FromHexString(hash), SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
