using System.Numerics.Tensors;

namespace DandelionMl.Classification;

/// <summary>How far a photo is from a sample of training photos.</summary>
internal static class Strangeness
{
    private const int Neighbours = 5;

    /// <summary>The mean Euclidean distance of an embedding to the five nearest of the sample; infinite if the sample has fewer.</summary>
    /// <param name="vector">The photo's embedding.</param>
    /// <param name="sample">The sample's embeddings, of the same length.</param>
    /// <param name="leftOut">The one to leave out, as where the photo itself is in the sample; -1, the default, for none.</param>
    public static double Of(ReadOnlySpan<float> vector, IReadOnlyList<float[]> sample, int leftOut = -1)
    {
        Span<float> nearest = stackalloc float[Neighbours + 1];
        nearest.Fill(float.PositiveInfinity);
        for (var index = 0; index < sample.Count; index++)
        {
            if (index != leftOut)
            {
                // The last place is the one to be dropped.
                nearest[Neighbours] = TensorPrimitives.Distance(vector, sample[index]);
                nearest.Sort();
            }
        }

        return TensorPrimitives.Sum(nearest[..Neighbours]) / Neighbours;
    }
}
