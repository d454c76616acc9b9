using DandelionMl.Backbones.BuiltIn.Patches;

namespace DandelionMl.Backbones.BuiltIn;

/// <summary>What the built-in backbone has learned, without labels: the dictionary of patches, the mixture of the Fisher vectors
/// and the scale of every value. About 0.1 MB; made by <see cref="BuiltInBackboneTrainer"/>.</summary>
internal sealed class BuiltInBackboneWeights
{
    internal BuiltInBackboneWeights(
        PatchDictionaryWeights dictionary, FisherVectorWeights fisher, Standardisation standardisation) =>
        (Dictionary, Fisher, Standardisation) = (dictionary, fisher, standardisation);

    internal PatchDictionaryWeights Dictionary { get; }

    internal FisherVectorWeights Fisher { get; }

    internal Standardisation Standardisation { get; }

    /// <summary>Reads weights from the bytes of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="BackboneUnavailableException">The bytes are no such file, are damaged, or belong to another
    /// version.</exception>
    public static BuiltInBackboneWeights FromBytes(ReadOnlySpan<byte> bytes) => BuiltInBackboneFile.Read(bytes);

    /// <summary>The bytes of a file that holds the weights; the same weights give the same bytes.</summary>
    public byte[] ToBytes() => BuiltInBackboneFile.Write(this);

    internal PhotoDescriber CreateDescriber() => new(new PatchDictionary(Dictionary), new FisherVector(Fisher));
}
