namespace DandelionMl.Tool.Tests.Support;

/// <summary>The data directory that <c>dandelion demo</c> makes: drawn pictures, and a model trained on them. It is made once in a test run,
/// which takes seconds of processor time; each test works on a copy.</summary>
internal static class DemoData
{
    private static readonly Lazy<Task<TempFolder>> Made = new(MakeAsync);

    /// <summary>Puts a copy of it into a folder, which is made.</summary>
    public static async Task CopyToAsync(string folder)
    {
        var from = (await Made.Value).Path;
        Directory.CreateDirectory(folder);
        foreach (var directory in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(folder, Path.GetRelativePath(from, directory)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(folder, Path.GetRelativePath(from, file)));
        }
    }

    private static async Task<TempFolder> MakeAsync()
    {
        var folder = new TempFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        await DandelionProcess.RunJsonAsync("demo", "--no-serve", "--data", folder.Path);
        return folder;
    }
}
