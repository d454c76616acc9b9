using System.Numerics.Tensors;

namespace DandelionMl.Embeddings;

internal static class Direction
{
    /// <summary>An embedding scaled to length 1, so that the cosine of two is their dot product; zeros stay zeros.</summary>
    public static float[] Of(ReadOnlySpan<float> embedding)
    {
        var direction = new float[embedding.Length];
        TensorPrimitives.Divide(embedding, Math.Max(TensorPrimitives.Norm(embedding), float.Epsilon), direction);
        return direction;
    }
}
