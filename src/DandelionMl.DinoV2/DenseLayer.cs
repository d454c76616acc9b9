using static TorchSharp.torch;

namespace DandelionMl.DinoV2;

/// <summary>A fully connected layer, by oneDNN with a packed weight where that is to be had. Rows are given and returned in the layer's own
/// type.</summary>
internal sealed class DenseLayer
{
    private readonly OneDnnOperators? _operators;
    private readonly Tensor _packed;

    public DenseLayer(Linear layer, TensorStore store, OneDnnOperators? operators, ScalarType type)
    {
        (_operators, Type) = (operators, type);
        using var scope = NewDisposeScope();
        Bias = store.Keep(TensorStore.FromSpan(layer.Bias, layer.Bias.Length).to(type));
        if (operators is null)
        {
            Weight = _packed = store.Keep(TensorStore.FromSpan(layer.Weight, layer.Bias.Length, layer.Inputs).to(type));
            return;
        }

        _packed = store.Keep(operators.Pack(TensorStore.FromSpan(layer.Weight, layer.Bias.Length, layer.Inputs).to(type)));
    }

    /// <summary>What it computes with.</summary>
    public ScalarType Type { get; }

    /// <summary>Outputs × inputs; null where it is packed.</summary>
    public Tensor? Weight { get; }

    public Tensor Bias { get; }

    public Tensor Forward(Tensor rows) =>
        _operators?.Linear(rows, _packed, Bias) ?? nn.functional.linear(rows, _packed, Bias);

    public Tensor ForwardGelu(Tensor rows) =>
        _operators?.LinearGelu(rows, _packed, Bias) ?? nn.functional.linear(rows, _packed, Bias).gelu_();
}
