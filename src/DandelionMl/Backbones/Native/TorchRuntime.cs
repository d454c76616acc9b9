using System.Runtime.InteropServices;
using TorchSharp;

namespace DandelionMl.Backbones.Native;

/// <summary>Loads TorchSharp's native libraries, on systems with an older C++ runtime too (see <see cref="ElfVersionPatch"/>).</summary>
internal static class TorchRuntime
{
    private const string TorchSharpLibrary = "libLibTorchSharp.so";

    // What the patched copy, which lies alone in its folder, would find beside it; each before those that need it.
    private static readonly string[] Dependencies = ["libgomp*.so*", "libc10.so", "libtorch_cpu.so", "libtorch.so"];

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Loads the libraries and sets libtorch to one thread; later calls do nothing. To be called before anything of TorchSharp
    /// is used. Thread-safe.</summary>
    /// <exception cref="BackboneUnavailableException">They can't be loaded; the message says what to install.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    private static bool Load()
    {
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64 && OperatingSystem.IsLinux())
        {
            PreloadOnLinux(NativeLibraryLocator.ForProcess(typeof(torch).Assembly.Location));
        }

        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            // libtorch's threads spin while they wait for each other. On a machine that does anything else, they keep the very thread from
            // running that they wait for: ten times the time was seen. Whoever wants threads here brings their own.
            torch.set_num_threads(1);
            return true;
        }
        catch (Exception cause) when (cause is NotSupportedException or DllNotFoundException or BadImageFormatException
            or EntryPointNotFoundException or TypeInitializationException)
        {
            throw new BackboneUnavailableException(
                $"TorchSharp's native libraries can't be loaded on {RuntimeInformation.RuntimeIdentifier}. {Advice()}", cause);
        }
    }

    // TorchSharp looks for its library by paths first and by its bare name last; a library that is loaded already answers to that name.
    private static void PreloadOnLinux(NativeLibraryLocator locator)
    {
        var library = locator.Find(TorchSharpLibrary);
        if (library is null || NeedsPatch(library) is not { } reason)
        {
            return;
        }

        foreach (var dependency in Dependencies)
        {
            var path = locator.Find(dependency) ?? throw new BackboneUnavailableException(
                $"{dependency} is missing beside {library}. {Advice()}", reason);
            LoadOrThrow(path);
        }

        LoadPatched(library);
    }

    private static DllNotFoundException? NeedsPatch(string library)
    {
        try
        {
            NativeLibrary.Load(library);
            return null;
        }
        catch (DllNotFoundException reason)
        {
            // Any other reason is for TorchSharp's own look-up, which knows more places, and its message.
            return ElfVersionPatch.VersionsMadeOptional.Any(reason.Message.Contains) ? reason : null;
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

        // Its mode is 0700. Once loaded, the library needs its file no longer.
        var folder = Directory.CreateTempSubdirectory("dandelionml-");
        try
        {
            LoadOrThrow(new PatchedLibraryCache(folder.FullName).Store(library));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
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
            return "On Windows install the Microsoft Visual C++ 2015-2022 redistributable (x64), and use a 64-bit process.";
        }

        if (OperatingSystem.IsMacOS())
        {
            return "There are native libraries for Apple silicon only: run the arm64 build of .NET.";
        }

        return "On Linux they need x86-64, glibc 2.34 or newer (Debian 12, Ubuntu 22.04, RHEL 9; not Alpine) and the C++ runtime "
            + "(apt install libstdc++6, or dnf install libstdc++); the program must carry the natives of the package TorchSharp-cpu.";
    }
}
