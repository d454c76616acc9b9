using System.Runtime.InteropServices;

namespace DandelionMl.Imaging.Turbo;

/// <summary>The machine's own libturbojpeg, where it has one. Its functions are those of TurboJPEG 2, which version 3 has, too
/// (https://libjpeg-turbo.org/Documentation/Documentation). Thread-safe; a handle is for one thread.</summary>
internal sealed unsafe class TurboJpegLibrary
{
    private const string SwitchName = "DandelionMl.UseLibTurboJpeg";

    // On Linux alone: elsewhere a library's name is looked for in the current directory, too.
    private static readonly Lazy<TurboJpegLibrary?> Machine = new(
        () => OperatingSystem.IsLinux() && (!AppContext.TryGetSwitch(SwitchName, out var isOn) || isOn) ? TryLoad("libturbojpeg.so.0") : null);

    private readonly delegate* unmanaged[Cdecl]<nint> _create;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int> _readHeader;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int> _decompress;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _destroy;

    private TurboJpegLibrary(nint create, nint readHeader, nint decompress, nint destroy)
    {
        _create = (delegate* unmanaged[Cdecl]<nint>)create;
        _readHeader = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int>)readHeader;
        _decompress = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int>)decompress;
        _destroy = (delegate* unmanaged[Cdecl]<nint, int>)destroy;
    }

    /// <summary>The library; null where there is none, or where the switch <c>DandelionMl.UseLibTurboJpeg</c> of the process
    /// (<see cref="AppContext"/>) is off. Looked for once.</summary>
    public static TurboJpegLibrary? OfMachine => Machine.Value;

    /// <summary>Loads a library.</summary>
    /// <param name="name">Its name; looked for where the system has its libraries.</param>
    /// <returns>Null where there is none, or where it lacks a function.</returns>
    public static TurboJpegLibrary? TryLoad(string name) =>
        NativeLibrary.TryLoad(name, out var library)
        && NativeLibrary.TryGetExport(library, "tjInitDecompress", out var create)
        && NativeLibrary.TryGetExport(library, "tjDecompressHeader3", out var readHeader)
        && NativeLibrary.TryGetExport(library, "tjDecompress2", out var decompress)
        && NativeLibrary.TryGetExport(library, "tjDestroy", out var destroy)
            ? new TurboJpegLibrary(create, readHeader, decompress, destroy)
            : null;

    /// <summary>Begins to decode a JPEG.</summary>
    /// <returns>Null where there is no memory for it.</returns>
    public TurboJpegHandle? TryOpen() => _create() is not 0 and var handle ? new TurboJpegHandle(this, handle) : null;

    /// <returns>0, or −1 for an error or a warning.</returns>
    internal int ReadHeader(nint handle, byte* jpeg, int length, out int width, out int height, out int subsampling, out int colours)
    {
        int w, h, s, c;
        var result = _readHeader(handle, jpeg, new CULong((nuint)length), &w, &h, &s, &c);
        (width, height, subsampling, colours) = (w, h, s, c);
        return result;
    }

    /// <returns>0, or −1 for an error or a warning.</returns>
    internal int Decompress(nint handle, byte* jpeg, int length, byte* pixels, int width, int height, int rowBytes, int format, int flags) =>
        _decompress(handle, jpeg, new CULong((nuint)length), pixels, width, rowBytes, height, format, flags);

    internal void Destroy(nint handle) => _ = _destroy(handle);
}
