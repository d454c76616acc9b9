using System.Runtime.InteropServices;

namespace DandelionMl.Imaging;

/// <summary>Memory outside the managed heap, so that large transient pixels neither fragment nor inflate it.</summary>
/// <param name="bytes">How many.</param>
internal readonly unsafe struct NativeBuffer(long bytes) : IDisposable
{
    /// <summary>The first byte.</summary>
    public byte* Pointer { get; } = (byte*)NativeMemory.Alloc((nuint)bytes);

    public void Dispose() => NativeMemory.Free(Pointer);
}
