namespace DandelionMl.DinoV2;

/// <summary>The numbers that a network computes with.</summary>
public enum DinoV2Precision
{
    /// <summary>IEEE 754 binary32, as the weights are.</summary>
    Full,

    /// <summary>bfloat16, with 8 bits of precision, for matrix products and attention; sums, norms and what blocks add to are in binary32.
    /// Refused where the processor has no instructions for it; with them it is faster on some processors and slower on others. Embeddings
    /// differ a little from those in single precision, and are a space of their own.</summary>
    BFloat16,
}
