namespace DandelionMl.AspNetCore.Security.Sessions;

internal static partial class SignInLog
{
    [LoggerMessage(1010, LogLevel.Information, "'{Name}' signed in from {Address}")]
    public static partial void SignedIn(ILogger logger, string name, string address);

    // Never the name that was sent: people type passwords into the wrong field.
    [LoggerMessage(1011, LogLevel.Warning, "A sign-in from {Address} failed")]
    public static partial void SignInFailed(ILogger logger, string address);

    [LoggerMessage(1012, LogLevel.Warning, "Sign-ins from {Address} are refused for {Delay} after failed ones")]
    public static partial void SignInLocked(ILogger logger, string address, TimeSpan delay);

    [LoggerMessage(1013, LogLevel.Information, "'{Name}' signed out")]
    public static partial void SignedOut(ILogger logger, string name);

    [LoggerMessage(1014, LogLevel.Warning, "The keys of sessions can't be read from the database: {Reason}")]
    public static partial void KeysNotRead(ILogger logger, string reason);

    [LoggerMessage(1020, LogLevel.Warning, "An unknown key was sent {Times} times since this was told last, now from {Address}")]
    public static partial void UnknownKey(ILogger logger, int times, string address);
}
