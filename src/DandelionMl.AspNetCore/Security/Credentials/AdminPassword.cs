using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Cryptography.KeyDerivation;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Credentials;

/// <summary>Passwords of people: what makes a good one, and their hashes by ASP.NET Core Identity (PBKDF2 with HMAC-SHA512 and a salt
/// of 128 bits).</summary>
internal static class AdminPassword
{
    public const int MinLength = 12;
    public const int MaxLength = 256;
    public const int MinDistinctCharacters = 6;
    public const int MinUnguessedCharacters = 8;

    /// <summary>OWASP's Password Storage Cheat Sheet asks for 210,000 of PBKDF2 with HMAC-SHA512.</summary>
    private const int Iterations = 210_000;

    private const byte IdentityVersion3 = 1;

    // A marker, then function, iterations and length of the salt in four bytes each.
    private const int HeaderBytes = 13;
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;

    private static readonly PasswordHasher<object> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private static readonly object Anyone = new();

    /// <returns>What is wrong with a new password; null if nothing is.</returns>
    public static string? Weakness(string password, string name)
    {
        // Characters as people count them, of which an emoji is one.
        if (password.EnumerateRunes().Count() is var length and (< MinLength or > MaxLength))
        {
            return $"A password needs {MinLength} to {MaxLength} characters; this one has {length}.";
        }

        if (password.Distinct().Count() < MinDistinctCharacters)
        {
            return $"A password needs at least {MinDistinctCharacters} different characters.";
        }

        if (password.Contains(name, StringComparison.OrdinalIgnoreCase))
        {
            return "A password must not contain its owner's name.";
        }

        return GuessablePassword.CountUnguessed(password) < MinUnguessedCharacters
            ? "This password is easily guessed: it is made of common words, of rows of keys or of repeated characters. Add words of your own."
            : null;
    }

    /// <summary>A hash of no password, made without the work of one: to verify against it takes as long as against any.</summary>
    public static string HashOfNothing()
    {
        var bytes = RandomNumberGenerator.GetBytes(HeaderBytes + SaltBytes + KeyBytes);
        bytes[0] = IdentityVersion3;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), (uint)KeyDerivationPrf.HMACSHA512);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(5), Iterations);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(9), SaltBytes);
        return Convert.ToBase64String(bytes);
    }

    public static string Hash(string password) => Hasher.HashPassword(Anyone, password);

    /// <summary>Whether a text is a hash that <see cref="Verify"/> can read.</summary>
    public static bool IsHash(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= HeaderBytes + SaltBytes + KeyBytes && bytes[0] == IdentityVersion3;
    }

    /// <summary>Compares in a time that does not depend on where the two differ.</summary>
    public static bool Verify(string hash, string password) =>
        Hasher.VerifyHashedPassword(Anyone, hash, password) != PasswordVerificationResult.Failed;
}
