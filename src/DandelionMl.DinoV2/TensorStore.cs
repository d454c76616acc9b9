using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DandelionMl.DinoV2;

/// <summary>Owns the tensors that live as long as a network.</summary>
internal sealed class TensorStore : IDisposable
{
    private readonly List<Tensor> _tensors = [];

    /// <summary>Copies values into a new tensor.</summary>
    public Tensor Add(ReadOnlySpan<float> values, params long[] shape) => Keep(FromSpan(values, shape));

    /// <summary>Keeps a tensor beyond the scope that it was made in.</summary>
    public Tensor Keep(Tensor tensor)
    {
        tensor.DetachFromDisposeScope();
        lock (_tensors)
        {
            _tensors.Add(tensor);
        }

        return tensor;
    }

    /// <summary>Copies values into a tensor of the current scope.</summary>
    public static Tensor FromSpan(ReadOnlySpan<float> values, params long[] shape)
    {
        var tensor = empty(shape, dtype: ScalarType.Float32);
        values.CopyTo(Values(tensor));
        return tensor;
    }

    /// <summary>The values of a contiguous tensor, in place; valid as long as a scope, a store or a <c>using</c> holds the tensor.</summary>
    public static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    public void Dispose() => _tensors.ForEach(tensor => tensor.Dispose());
}
