using System.Numerics.Tensors;

namespace DandelionMl.Embeddings;

internal static class Direction
{
    /// <summary>An embedding scaled to length 1, so that the cosine of two is their dot product; zeros stay zeros.</summary>
    public static float[] Of(ReadOnlySpan<float> embedding)
    {
        var direction = new float[embedding.Length];
        TensorPrimitives.Multiply(embedding, ScaleOf(embedding), direction);
        return direction;
    }

    /// <summary>What an embedding is multiplied by to have length 1; 0 for zeros.</summary>
    public static float ScaleOf(ReadOnlySpan<float> embedding)
    {
        var length = TensorPrimitives.Norm(embedding);
        return length > 0 ? Math.Min(1 / length, float.MaxValue) : 0;
    }
}
