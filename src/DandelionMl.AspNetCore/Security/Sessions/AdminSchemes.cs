namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>The ways to say who one is.</summary>
internal static class AdminSchemes
{
    /// <summary>A key where one is sent, else a session.</summary>
    public const string Either = "admin";

    /// <summary>The cookie of a person who signed in.</summary>
    public const string Session = "session";

    /// <summary>A program's key, in <c>X-Api-Key</c> or as a bearer token.</summary>
    public const string Key = "key";
}
