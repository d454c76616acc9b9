namespace DandelionMl.DinoV2.Native;

/// <summary>Finds the native libraries that packages brought, in every layout that .NET gives them: beside the program (built or
/// published for one platform), in <c>runtimes/…/native</c> (portable), or still in the packages' own folders (scripts, notebooks).
/// </summary>
internal sealed class NativeLibraryLocator
{
    private const string Platform = "linux-x64";
    private readonly string[] _folders;

    /// <summary>Creates a locator.</summary>
    /// <param name="folders">Where to look, in this order.</param>
    public NativeLibraryLocator(IEnumerable<string> folders) =>
        _folders = [.. folders.Where(folder => folder.Length > 0).Distinct()];

    /// <summary>The folders of this process.</summary>
    /// <param name="managedAssembly">Path of the managed assembly that the libraries belong to; empty in a single-file program.</param>
    public static NativeLibraryLocator ForProcess(string managedAssembly) => ForProcess(
        managedAssembly, AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "", AppContext.BaseDirectory);

    /// <summary>The same, told what it would ask the process for.</summary>
    /// <param name="managedAssembly">Path of the managed assembly, or empty.</param>
    /// <param name="listedFolders">Where the host says, from the program's list of dependencies, that natives are.</param>
    /// <param name="baseFolder">The program's folder.</param>
    public static NativeLibraryLocator ForProcess(string managedAssembly, string listedFolders, string baseFolder)
    {
        var folders = new List<string>(listedFolders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        foreach (var root in new[] { Path.GetDirectoryName(managedAssembly), baseFolder }.OfType<string>())
        {
            folders.Add(root);
            folders.Add(Path.Combine(root, "runtimes", Platform, "native"));
        }

        folders.AddRange(PackageFolders(managedAssembly));
        return new NativeLibraryLocator(folders);
    }

    /// <summary>Finds a library.</summary>
    /// <param name="pattern">Its file name; <c>*</c> stands for the hash that some builds put into it.</param>
    /// <returns>Its full path, or null.</returns>
    public string? Find(string pattern) => _folders
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal))
        .Select(Path.GetFullPath)
        .FirstOrDefault();

    // …/torchsharp/{version}/lib/{framework}/TorchSharp.dll, with libtorch's package beside TorchSharp's.
    private static IEnumerable<string> PackageFolders(string managedAssembly)
    {
        var package = managedAssembly.Length > 0 ? new FileInfo(managedAssembly).Directory?.Parent?.Parent : null;
        var packages = package?.Parent?.Parent;
        var libtorch = new DirectoryInfo(Path.Combine(packages?.FullName ?? "", $"libtorch-cpu-{Platform}"));
        if (package?.Parent?.Name != "torchsharp" || !libtorch.Exists)
        {
            return [];
        }

        return libtorch.GetDirectories()
            .OrderByDescending(version => version.Name, StringComparer.Ordinal)
            .Prepend(package)
            .Select(folder => Path.Combine(folder.FullName, "runtimes", Platform, "native"));
    }
}
