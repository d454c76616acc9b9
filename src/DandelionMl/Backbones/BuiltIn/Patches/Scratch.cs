namespace DandelionMl.Backbones.BuiltIn.Patches;

/// <summary>Memory for the patches of one row of a grid, used by one thread at a time.</summary>
internal sealed class Scratch
{
    // The longest row, of the step of 1 at 48 pixels or of 2 at 96, rounded up.
    private const int MaximumPatches = 48;

    private const int MaximumProducts = 256;

    public float[] Patches { get; } = new float[MaximumPatches * PatchGrid.PatchLength];

    public float[] Projected { get; } = new float[MaximumPatches * PatchDictionary.WordLength];

    public float[] Products { get; } = new float[MaximumPatches * MaximumProducts];

    /// <summary>Posteriors of the components of a mixture.</summary>
    public float[] Posteriors { get; } = new float[MaximumPatches * MaximumProducts];

    /// <summary>What the patches of a photo add to its Fisher vector.</summary>
    public MixtureSums Sums { get; } = new(FisherVector.ComponentCount, FisherVector.PointLength);
}
