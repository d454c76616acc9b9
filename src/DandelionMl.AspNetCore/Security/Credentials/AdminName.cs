using System.Text.RegularExpressions;

namespace DandelionMl.AspNetCore.Security.Credentials;

/// <summary>Names of people and keys: they stand in settings, in logs and in the record of who did what.</summary>
internal static partial class AdminName
{
    /// <summary>The name where none is given.</summary>
    public const string Default = "admin";

    public const string Rule = "a name needs 1 to 50 letters a to z, digits, '.', '_' or '-'.";

    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,50}\z")]
    private static partial Regex Pattern();
}
