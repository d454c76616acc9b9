namespace DandelionMl.Backbones;

/// <summary>The folder for files of the current user that can be made or downloaded again.</summary>
internal static class UserCache
{
    /// <summary><c>%LOCALAPPDATA%\dandelionml\cache</c> on Windows, else <c>$XDG_CACHE_HOME/dandelionml</c> or
    /// <c>~/.cache/dandelionml</c>. Where there is no home folder, a folder below the temporary one.</summary>
    public static string Root
    {
        get
        {
            if (OperatingSystem.IsWindows())
            {
                return Path.Combine(Folder(Environment.SpecialFolder.LocalApplicationData), "dandelionml", "cache");
            }

            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return Path.IsPathFullyQualified(cache ?? "")
                ? Path.Combine(cache!, "dandelionml")
                : Path.Combine(Folder(Environment.SpecialFolder.UserProfile), ".cache", "dandelionml");
        }
    }

    private static string Folder(Environment.SpecialFolder folder)
    {
        var path = Environment.GetFolderPath(folder);
        return path.Length > 0 ? path : Path.Combine(Path.GetTempPath(), Environment.UserName);
    }
}
