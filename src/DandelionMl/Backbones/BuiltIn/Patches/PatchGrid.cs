using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DandelionMl.Backbones.BuiltIn.Patches;

/// <summary>The 6×6 patches of a square image that lie on a regular grid.</summary>
/// <param name="Side">Width and height of the image in pixels.</param>
/// <param name="Step">Distance between patches in pixels.</param>
internal readonly record struct PatchGrid(int Side, int Step)
{
    public const int PatchSide = 6;

    /// <summary>Values of a patch: its red, green and blue plane.</summary>
    public const int PatchLength = 3 * PatchSide * PatchSide;

    /// <summary>Patches in a row and in a column.</summary>
    public int PatchesPerSide => (Side - PatchSide) / Step + 1;

    /// <summary>Patches in all.</summary>
    public int Count => PatchesPerSide * PatchesPerSide;

    /// <summary>Copies one row of the grid.</summary>
    /// <param name="image">Red, green and blue plane.</param>
    /// <param name="row">Which row, from 0.</param>
    /// <param name="patches">Receives <see cref="PatchesPerSide"/> patches.</param>
    public void CopyRow(ReadOnlySpan<float> image, int row, Span<float> patches)
    {
        for (var column = 0; column < PatchesPerSide; column++)
        {
            CopyPatch(image, column * Step, row * Step, patches.Slice(column * PatchLength, PatchLength));
        }
    }

    /// <summary>Copies one patch of any position.</summary>
    /// <param name="image">Red, green and blue plane.</param>
    /// <param name="left">Its first column in pixels.</param>
    /// <param name="top">Its first row in pixels.</param>
    /// <param name="patch">Receives <see cref="PatchLength"/> values.</param>
    public void CopyPatch(ReadOnlySpan<float> image, int left, int top, Span<float> patch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patch.Length, PatchLength);
        ref var target = ref MemoryMarshal.GetReference(patch);
        for (var plane = 0; plane < 3; plane++)
        {
            var source = image.Slice((plane * Side + top) * Side + left, (PatchSide - 1) * Side + PatchSide);
            ref var row = ref MemoryMarshal.GetReference(source);
            for (var y = 0; y < PatchSide; y++, row = ref Unsafe.Add(ref row, Side), target = ref Unsafe.Add(ref target, PatchSide))
            {
                // Six values as four and two: a call that copies costs more than the copy.
                Vector128.LoadUnsafe(ref row).StoreUnsafe(ref target);
                Vector64.LoadUnsafe(ref row, 4).StoreUnsafe(ref target, 4);
            }
        }
    }
}
