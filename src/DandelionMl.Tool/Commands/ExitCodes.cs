namespace DandelionMl.Tool.Commands;

/// <summary>What the program ends with.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The command failed; its reason is on standard error.</summary>
    public const int Failure = 1;

    /// <summary>The command line can't be understood.</summary>
    public const int Usage = 2;

    /// <summary>Some of the items failed and are listed; the rest are done.</summary>
    public const int Partial = 3;

    /// <summary>The gate rejected the new version; the champion before is still served.</summary>
    public const int Refused = 4;

    /// <summary>Interrupted (Ctrl+C or SIGTERM); what was done is kept.</summary>
    public const int Cancelled = 130;
}
