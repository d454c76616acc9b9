using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using DandelionMl.Backbones;

namespace DandelionMl.DinoV2;

/// <summary>Whether this machine can compute in bfloat16.</summary>
internal static class BFloat16Support
{
    // Leaf 7 of CPUID: AMX-BF16 is told by subleaf 0, AVX512_BF16 by subleaf 1.
    private const int Leaf = 7;
    private const int AmxBit = 22;
    private const int Avx512Bit = 5;

    /// <summary>Why it can't be had; null if it can.</summary>
    public static string? Missing { get; } = Find();

    /// <summary>Whether the processor multiplies whole tiles (AMX-BF16).</summary>
    public static bool HasTiles { get; } = X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= Leaf && HasTilesBit(X86Base.CpuId(Leaf, 0).Edx);

    /// <summary>Refuses a backbone in bfloat16 where it can't be had.</summary>
    /// <param name="id">The backbone's id.</param>
    /// <exception cref="BackboneUnavailableException">It can't be had; the message says why.</exception>
    public static void Require(string id)
    {
        if (Missing is not null)
        {
            throw new BackboneUnavailableException($"'{id}' can't be used here: {Missing}");
        }
    }

    /// <summary>Whether a processor has the instructions, by what it says of itself.</summary>
    /// <param name="lastSubleaf">The last subleaf that there is (register EAX of subleaf 0).</param>
    /// <param name="edxOfFirst">Register EDX of subleaf 0.</param>
    /// <param name="eaxOfSecond">Register EAX of subleaf 1.</param>
    public static bool HasInstructions(int lastSubleaf, int edxOfFirst, int eaxOfSecond) =>
        HasTilesBit(edxOfFirst) || (lastSubleaf >= 1 && (eaxOfSecond >> Avx512Bit & 1) == 1);

    private static bool HasTilesBit(int edxOfFirst) => (edxOfFirst >> AmxBit & 1) == 1;

    private static string? Find()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return "bfloat16 is offered on Linux and x64 alone.";
        }

        if (X86Base.CpuId(0, 0).Eax < Leaf)
        {
            return Describe();
        }

        var first = X86Base.CpuId(Leaf, 0);
        return HasInstructions(first.Eax, first.Edx, X86Base.CpuId(Leaf, 1).Eax) ? null : Describe();
    }

    private static string Describe() => "this processor has no instructions for bfloat16 (AVX512_BF16 or AMX-BF16).";
}
