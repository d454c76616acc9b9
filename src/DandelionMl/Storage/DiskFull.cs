namespace DandelionMl.Storage;

/// <summary>Tells a full disk, which .NET has no exception of its own for.</summary>
internal static class DiskFull
{
    // ENOSPC and Linux's EDQUOT, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static readonly int[] Codes = OperatingSystem.IsWindows() ? [unchecked((int)0x80070070), unchecked((int)0x80070027)] : [28, 122];

    public static bool Is(IOException exception) => Codes.Contains(exception.HResult);
}
