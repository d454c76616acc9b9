using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using DandelionMl.Backbones;
using TorchSharp;

namespace DandelionMl.DinoV2.Native;

/// <summary>Loads TorchSharp's native libraries, on systems with an older C++ runtime too (see <see cref="ElfVersionPatch"/>).</summary>
internal static class TorchRuntime
{
    private const string TorchSharpLibrary = "libLibTorchSharp.so";

    // What TorchSharp's library needs; each before those that need it. In the layout of packages they lie in another folder than it.
    private static readonly string[] Dependencies = ["libgomp*.so*", "libc10.so", "libtorch_cpu.so", "libtorch.so"];

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Loads the libraries; later calls do nothing. To be called before anything of TorchSharp is used. Thread-safe.</summary>
    /// <exception cref="BackboneUnavailableException">They can't be loaded; the message says what to add or install.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    /// <summary>Sets libtorch to one thread, for the whole process.</summary>
    /// <remarks>libtorch's threads spin while they wait for each other. On a machine that does anything else, they keep the very thread from
    /// running that they wait for: ten times the time was seen. Whoever wants threads here brings their own.</remarks>
    public static void LimitThreads() => torch.set_num_threads(1);

    private static bool Load()
    {
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64 && OperatingSystem.IsLinux())
        {
            PreloadOnLinux(NativeLibraryLocator.ForProcess(typeof(torch).Assembly.Location));
        }

        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            return true;
        }
        catch (Exception cause) when (cause is NotSupportedException or DllNotFoundException or BadImageFormatException
            or EntryPointNotFoundException or TypeInitializationException or IOException or UnauthorizedAccessException)
        {
            throw new BackboneUnavailableException(
                $"TorchSharp's native libraries can't be loaded on {RuntimeInformation.RuntimeIdentifier}. {Advice()}", cause);
        }
    }

    // TorchSharp looks for its library by paths first and by its bare name last; a library that is loaded already answers to that name.
    private static void PreloadOnLinux(NativeLibraryLocator locator)
    {
        var library = locator.Find(TorchSharpLibrary);
        if (library is null || Probe(library) is null)
        {
            return;
        }

        // Where one of them is missing, TorchSharp's own look-up may know it, which knows more places; else its message says so.
        if (Dependencies.Any(dependency => locator.Find(dependency) is null))
        {
            return;
        }

        // Until they are loaded, the loader does not come to say which versions it misses.
        foreach (var dependency in Dependencies)
        {
            LoadOrThrow(locator.Find(dependency)!);
        }

        if (Probe(library) is { } remaining && ElfVersionPatch.VersionsMadeOptional.Any(remaining.Message.Contains))
        {
            LoadPatched(library);
        }
    }

    private static DllNotFoundException? Probe(string library)
    {
        try
        {
            NativeLibrary.Load(library);
            return null;
        }
        catch (DllNotFoundException reason)
        {
            return reason;
        }
    }

    private static void LoadPatched(string library)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            NativeLibrary.Load(new PatchedLibraryCache(PatchedLibraryCache.DefaultRoot).Store(library));
            return;
        }
        catch (InvalidDataException cause)
        {
            throw new BackboneUnavailableException($"{library} needs a newer C++ runtime ({cause.Message}). {Advice()}", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or DllNotFoundException)
        {
            // A read-only or non-executable home folder, or somebody else's: a temporary folder serves this process.
        }

        using var folder = PrivateFolder.Create(library);
        LoadOrThrow(new PatchedLibraryCache(folder.Path).Store(library));
    }

    private static void LoadOrThrow(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (DllNotFoundException cause)
        {
            throw new BackboneUnavailableException($"{path} can't be loaded. {Advice()}", cause);
        }
    }

    private static string Advice()
    {
        if (OperatingSystem.IsWindows())
        {
            return "Add the package TorchSharp-cpu to the application (or libtorch-cpu-win-x64 alone), install the Microsoft Visual C++ "
                + "2015-2022 redistributable (x64), and use a 64-bit process.";
        }

        if (OperatingSystem.IsMacOS())
        {
            return "Add the package TorchSharp-cpu to the application (or libtorch-cpu-osx-arm64 alone). There are native libraries for Apple "
                + "silicon only: run the arm64 build of .NET.";
        }

        return "Add the package TorchSharp-cpu to the application (or libtorch-cpu-linux-x64 alone), and set its runtime identifier "
            + "(linux-x64). They need x86-64, glibc 2.34 or newer (Debian 12, Ubuntu 22.04, RHEL 9; not Alpine) and the C++ runtime "
            + "(apt install libstdc++6, or dnf install libstdc++).";
    }

    /// <summary>A temporary folder of mode 0700. Once loaded, a library needs its file no longer.</summary>
    [UnsupportedOSPlatform("windows")]
    private sealed class PrivateFolder(string path) : IDisposable
    {
        public string Path => path;

        public static PrivateFolder Create(string library)
        {
            try
            {
                return new PrivateFolder(Directory.CreateTempSubdirectory("dandelionml-").FullName);
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                throw new BackboneUnavailableException(
                    $"{library} needs a newer C++ runtime than this system has. A patched copy would work, but it can be written "
                    + $"neither to {PatchedLibraryCache.DefaultRoot} nor to {System.IO.Path.GetTempPath()}: make one of them writable "
                    + "(XDG_CACHE_HOME and TMPDIR name others).", cause);
            }
        }

        public void Dispose() => Directory.Delete(path, recursive: true);
    }
}
