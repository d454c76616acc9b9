namespace DandelionMl.AspNetCore.Security.Credentials;

/// <summary>Counts what a password holds that is not guessed first: a common word, a row of keys, a sequence or a repeated character is what
/// programs that guess passwords try as one, and counts as one character.</summary>
internal static class GuessablePassword
{
    private const int ShortestRun = 3;

    /// <summary>The words that lead the published lists of leaked passwords, in the languages of the pages, and this product's own.</summary>
    private static readonly string[] Words =
    [
        "password", "passwort", "passw0rd", "motdepasse", "secret", "admin", "administrator", "root", "user", "guest", "test", "default",
        "welcome", "bienvenue", "hello", "bonjour", "letmein", "login", "changeme", "iloveyou", "jetaime", "loveyou", "love", "amour",
        "monkey", "dragon", "master", "sunshine", "soleil", "princess", "princesse", "football", "baseball", "superman", "batman",
        "starwars", "pokemon", "computer", "internet", "google", "whatever", "trustno1", "shadow", "michael", "charlie", "jordan",
        "chocolat", "doudou", "marseille", "summer", "winter", "spring", "autumn", "printemps", "automne", "hiver",
        "dandelion", "dandelions", "pissenlit", "grass", "herbe",
    ];

    /// <summary>Keys as they lie beside each other, on the keyboards of several countries, and the alphabet.</summary>
    private static readonly string[] Rows =
    [
        "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop", "yxcvbnm", "!@#$%^&*()",
        "abcdefghijklmnopqrstuvwxyz",
    ];

    private static readonly string[] RowsBothWays = [.. Rows, .. Rows.Select(row => string.Concat(row.Reverse()))];

    /// <summary>How many characters are left to be guessed.</summary>
    public static int CountUnguessed(string password)
    {
        var text = password.ToLowerInvariant();
        var count = 0;
        for (var start = 0; start < text.Length; start += LengthOfGuess(text.AsSpan(start)))
        {
            count++;
        }

        return count;
    }

    /// <summary>The length of what a text begins with that is tried as one; 1 where that is a character.</summary>
    private static int LengthOfGuess(ReadOnlySpan<char> text)
    {
        var repeated = text.IndexOfAnyExcept(text[0]);
        var longest = repeated < 0 ? text.Length : repeated;
        foreach (var word in Words)
        {
            longest = text.StartsWith(word, StringComparison.Ordinal) ? Math.Max(longest, word.Length) : longest;
        }

        foreach (var row in RowsBothWays)
        {
            var at = row.IndexOf(text[0], StringComparison.Ordinal);
            longest = at < 0 ? longest : Math.Max(longest, text.CommonPrefixLength(row.AsSpan(at)));
        }

        return longest >= ShortestRun ? longest : 1;
    }
}
