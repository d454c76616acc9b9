using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace DandelionMl.Host.Security.Credentials;

/// <summary>Passwords of people: what makes a good one, and their hashes by ASP.NET Core Identity (PBKDF2 with HMAC-SHA512 and a salt
/// of 128 bits).</summary>
internal static class AdminPassword
{
    public const int MinLength = 12;
    public const int MaxLength = 256;
    public const int MinDistinctCharacters = 6;

    /// <summary>OWASP's Password Storage Cheat Sheet asks for 210,000 of PBKDF2 with HMAC-SHA512.</summary>
    private const int Iterations = 210_000;

    private const byte IdentityVersion3 = 1;
    private const int SmallestHash = 13 + (128 / 8) + (128 / 8);

    private static readonly PasswordHasher<object> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private static readonly object Anyone = new();

    /// <returns>What is wrong with a new password; null if nothing is.</returns>
    public static string? Weakness(string password, string name)
    {
        if (password.Length is < MinLength or > MaxLength)
        {
            return $"A password has {MinLength} to {MaxLength} characters; this one has {password.Length}.";
        }

        if (password.Distinct().Count() < MinDistinctCharacters)
        {
            return $"A password has at least {MinDistinctCharacters} different characters.";
        }

        return password.Contains(name, StringComparison.OrdinalIgnoreCase) ? "A password does not hold its owner's name." : null;
    }

    public static string Hash(string password) => Hasher.HashPassword(Anyone, password);

    /// <summary>Whether a text is a hash that <see cref="Verify"/> can read.</summary>
    public static bool IsHash(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= SmallestHash && bytes[0] == IdentityVersion3;
    }

    /// <summary>Compares in a time that does not depend on where the two differ.</summary>
    public static bool Verify(string hash, string password) =>
        Hasher.VerifyHashedPassword(Anyone, hash, password) != PasswordVerificationResult.Failed;
}
