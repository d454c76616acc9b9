using static TorchSharp.torch;

namespace DandelionMl.DinoV2;

/// <summary>A fully connected layer, by oneDNN with a packed weight where that is to be had.</summary>
internal sealed class DenseLayer
{
    private readonly OneDnnOperators? _operators;
    private readonly Tensor _packed;

    public DenseLayer(Linear layer, TensorStore store, OneDnnOperators? operators)
    {
        _operators = operators;
        Bias = store.Add(layer.Bias, layer.Bias.Length);
        if (operators is null)
        {
            Weight = _packed = store.Add(layer.Weight, layer.Bias.Length, layer.Inputs);
            return;
        }

        using var scope = NewDisposeScope();
        _packed = store.Keep(operators.Pack(TensorStore.FromSpan(layer.Weight, layer.Bias.Length, layer.Inputs)));
    }

    /// <summary>Outputs × inputs; null where it is packed.</summary>
    public Tensor? Weight { get; }

    public Tensor Bias { get; }

    public Tensor Forward(Tensor rows) =>
        _operators?.Linear(rows, _packed, Bias) ?? nn.functional.linear(rows, _packed, Bias);

    public Tensor ForwardGelu(Tensor rows) =>
        _operators?.LinearGelu(rows, _packed, Bias) ?? nn.functional.linear(rows, _packed, Bias).gelu_();
}
