namespace DandelionMl.AspNetCore.Security.Credentials;

// Event ids: 100x credentials, 101x and 102x signing in, 11xx uploads; an id is never used again for another message.
internal static partial class CredentialsLog
{
    [LoggerMessage(1000, LogLevel.Information,
        "Administration is off: no password and no key is set. Run 'dandelion admin set-password' to set a password")]
    public static partial void AdministrationIsOff(ILogger logger);

    [LoggerMessage(1001, LogLevel.Information, "Administration is on")]
    public static partial void AdministrationIsOn(ILogger logger);

    [LoggerMessage(1002, LogLevel.Error, "An administration setting is not valid and is ignored: {Failure}")]
    public static partial void AdministrationMalformed(ILogger logger, string failure);
}
