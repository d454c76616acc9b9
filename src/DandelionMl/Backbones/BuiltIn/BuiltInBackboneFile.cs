using System.Buffers.Binary;
using System.Security.Cryptography;
using DandelionMl.Backbones.BuiltIn.Numerics;
using DandelionMl.Backbones.BuiltIn.Patches;

namespace DandelionMl.Backbones.BuiltIn;

/// <summary>The file of <see cref="BuiltInBackboneWeights"/>: 8 bytes <c>DMLBUILT</c>; the version and the length of each array,
/// as 32-bit integers; the arrays as 32-bit floats; the SHA-256 of all that. Little-endian. The lengths must be the ones that
/// this version of the backbone has, so that nothing in the file decides how much memory is taken.</summary>
internal static class BuiltInBackboneFile
{
    private const int Version = 1;

    private static readonly int[] Lengths =
    [
        PatchGrid.PatchLength, PatchGrid.PatchLength * PatchDictionary.WordLength,
        PatchDictionary.WordCount * PatchDictionary.WordLength,
        PatchGrid.PatchLength, PatchGrid.PatchLength * FisherVector.PointLength,
        FisherVector.ComponentCount,
        FisherVector.ComponentCount * FisherVector.PointLength, FisherVector.ComponentCount * FisherVector.PointLength,
        EmbeddingBlock.TotalLength, EmbeddingBlock.TotalLength,
    ];

    private static int HeaderLength => 8 + sizeof(int) * (1 + Lengths.Length);

    private static int FileLength => HeaderLength + sizeof(float) * Lengths.Sum() + SHA256.HashSizeInBytes;

    public static byte[] Write(BuiltInBackboneWeights weights)
    {
        float[][] arrays =
        [
            weights.Dictionary.Whitening.Mean, weights.Dictionary.Whitening.Components,
            weights.Dictionary.Words,
            weights.Fisher.Whitening.Mean, weights.Fisher.Whitening.Components,
            weights.Fisher.Mixture.Shares,
            weights.Fisher.Mixture.Means, weights.Fisher.Mixture.Variances,
            weights.Standardisation.Mean, weights.Standardisation.Scale,
        ];
        var bytes = new byte[FileLength];
        WriteHeader(bytes);
        var rest = bytes.AsSpan(HeaderLength);
        foreach (var value in arrays.SelectMany(array => array))
        {
            BinaryPrimitives.WriteSingleLittleEndian(rest, value);
            rest = rest[sizeof(float)..];
        }

        SHA256.HashData(bytes.AsSpan(0, bytes.Length - rest.Length), rest);
        return bytes;
    }

    public static BuiltInBackboneWeights Read(ReadOnlySpan<byte> bytes)
    {
        Span<byte> header = new byte[HeaderLength];
        WriteHeader(header);
        if (!bytes.StartsWith(header[..8]))
        {
            throw Refuse("the file has another header");
        }

        if (!bytes.StartsWith(header) || bytes.Length != FileLength)
        {
            throw Refuse($"this version reads files of {FileLength} bytes and layout {Version}, and this one has "
                + $"{bytes.Length} bytes or another layout");
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..^hash.Length], hash);
        if (!hash.SequenceEqual(bytes[^hash.Length..]))
        {
            throw Refuse("they are damaged: the checksum does not match");
        }

        return Assemble(ReadArrays(bytes[HeaderLength..^hash.Length]));
    }

    private static void WriteHeader(Span<byte> bytes)
    {
        "DMLBUILT"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], Version);
        for (var i = 0; i < Lengths.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(12 + sizeof(int) * i)..], Lengths[i]);
        }
    }

    private static float[][] ReadArrays(ReadOnlySpan<byte> bytes)
    {
        var arrays = Array.ConvertAll(Lengths, length => new float[length]);
        foreach (var array in arrays)
        {
            for (var i = 0; i < array.Length; i++, bytes = bytes[sizeof(float)..])
            {
                array[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes);
                if (!float.IsFinite(array[i]))
                {
                    throw Refuse("they hold a value that is not finite");
                }
            }
        }

        return arrays;
    }

    private static BuiltInBackboneWeights Assemble(float[][] arrays)
    {
        var mixture = new GaussianMixture(arrays[5], arrays[6], arrays[7]);
        if (mixture.Shares.Any(share => share <= 0) || mixture.Variances.Any(variance => variance <= 0))
        {
            throw Refuse("a component of their mixture has no share or no variance");
        }

        return new BuiltInBackboneWeights(
            new PatchDictionaryWeights(new Whitening(arrays[0], arrays[1]), arrays[2]),
            new FisherVectorWeights(new Whitening(arrays[3], arrays[4]), mixture),
            new Standardisation(arrays[8], arrays[9]));
    }

    private static BackboneUnavailableException Refuse(string reason) =>
        new($"The weights of the built-in backbone can't be read: {reason}. Train them again, or reinstall the library.");
}
