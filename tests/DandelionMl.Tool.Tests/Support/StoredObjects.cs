namespace DandelionMl.Tool.Tests.Support;

/// <summary>The photos in a data directory's folder store, seen from outside of the process that stores them.</summary>
internal static class StoredObjects
{
    public static IEnumerable<string> List(string data) =>
        Directory.Exists(Path.Combine(data, "objects", "raw"))
            ? Directory.EnumerateFiles(Path.Combine(data, "objects", "raw"), "*", SearchOption.AllDirectories)
            : [];

    /// <summary>Starts a process and waits until the store holds a number of objects, or the process has ended.</summary>
    public static async Task<DandelionProcess> StartUntilAsync(string data, int count, Func<DandelionProcess> start)
    {
        Directory.CreateDirectory(Path.Combine(data, "objects"));
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(Path.Combine(data, "objects")) { IncludeSubdirectories = true };
        watcher.Created += (_, _) => Check();
        watcher.Renamed += (_, _) => Check();
        watcher.EnableRaisingEvents = true;

        var process = start();
        await Task.WhenAny(reached.Task, process.WaitForExitAsync());
        return process;

        void Check()
        {
            if (List(data).Count() >= count)
            {
                reached.TrySetResult();
            }
        }
    }
}
