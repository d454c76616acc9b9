using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using DandelionMl.Storage;

namespace DandelionMl.Photos;

/// <summary>The code that the sender of a photo is given, to have it erased later: 20 characters in groups of five, of the 32 of Crockford's
/// base 32 (https://www.crockford.com/base32.html), which people don't confuse. 18 are random (90 bits), two are a check sum, so that a
/// mistyped code is told from one that belongs to no photo. The database has only its hash.</summary>
internal static class UploadReceipt
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int RandomCharacters = 18;
    private const int Characters = 20;
    private const int GroupLength = 5;

    private static readonly SearchValues<char> Digits = SearchValues.Create(Alphabet);

    /// <summary>Makes a code.</summary>
    public static string New()
    {
        var random = RandomNumberGenerator.GetString(Alphabet, RandomCharacters);
        return string.Join('-', (random + CheckSum(random)).Chunk(GroupLength).Select(group => new string(group)));
    }

    /// <summary>Whether a text is a code as people write it: with or without hyphens and spaces, in any case, O for 0, I and L for 1.</summary>
    public static bool IsReceipt(string? text) => Read(text) is not null;

    /// <summary>What the database has of a code.</summary>
    /// <exception cref="ArgumentException">It is not a code.</exception>
    public static string HashOf(string receipt) => Read(receipt) is { } code
        ? ContentHash.Of(Encoding.ASCII.GetBytes(code))
        : throw new ArgumentException("This is not a valid receipt.", nameof(receipt));

    private static string? Read(string? text)
    {
        var code = new string([.. (text ?? "").ToUpperInvariant().Where(character => character != '-' && !char.IsWhiteSpace(character))
            .Take(Characters + 1).Select(character => character switch { 'O' => '0', 'I' or 'L' => '1', _ => character })]);
        return code.Length == Characters && !code.AsSpan().ContainsAnyExcept(Digits)
            && code[RandomCharacters..] == CheckSum(code[..RandomCharacters]) ? code : null;
    }

    private static string CheckSum(string random)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(random));
        return new string([Alphabet[hash[0] % Alphabet.Length], Alphabet[hash[1] % Alphabet.Length]]);
    }
}
