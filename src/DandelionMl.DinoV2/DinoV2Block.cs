using DandelionMl.Backbones.Weights;
using static TorchSharp.torch;

namespace DandelionMl.DinoV2;

/// <summary>A transformer block: attention and MLP, each with layer norm before, layer scale after, and added to what went in. Layer
/// scale is multiplied into the layers before it when the weights are read, which changes nothing but the rounding.</summary>
internal sealed class DinoV2Block
{
    private const double Epsilon = 1e-6;

    private readonly DinoV2Architecture _architecture;
    private readonly long[] _normShape;
    private readonly (Tensor Weight, Tensor Bias) _norm1, _norm2;
    private readonly DenseLayer _qkv, _projection, _fc1, _fc2;

    /// <summary>Reads a block.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="names">What the block's are called.</param>
    /// <param name="architecture">The network's sizes.</param>
    /// <param name="store">Owns the tensors.</param>
    /// <param name="operators">Packs the weights; null for plain ones, which <see cref="ForwardCls"/> needs.</param>
    /// <param name="type">What its layers and its attention compute with; single precision for <see cref="ForwardCls"/>.</param>
    public DinoV2Block(
        WeightFile file, DinoV2BlockNames names, DinoV2Architecture architecture, TensorStore store, OneDnnOperators? operators, ScalarType type)
    {
        var (width, hidden) = (architecture.Width, architecture.Hidden);
        _architecture = architecture;
        _normShape = [width];
        _norm1 = Norm(names.Norm1);
        _norm2 = Norm(names.Norm2);
        _qkv = Layer(Linear.Read(file, names.Qkv, 3 * width, width));
        _projection = Layer(Linear.Read(file, [names.Projection], width, width).ScaleOutputs(Vector(names.Scale1)));
        _fc1 = Layer(Linear.Read(file, [names.Fc1], hidden, width));
        _fc2 = Layer(Linear.Read(file, [names.Fc2], width, hidden).ScaleOutputs(Vector(names.Scale2)));

        float[] Vector(string name) => Linear.ReadTensor(file, name, width);

        (Tensor, Tensor) Norm(string name) => (store.Add(Vector(name + ".weight"), width), store.Add(Vector(name + ".bias"), width));

        DenseLayer Layer(Linear layer) => new(layer, store, operators, type);
    }

    /// <summary>The type of what <see cref="Project"/> returns.</summary>
    public ScalarType Type => _qkv.Type;

    /// <summary>Runs the block.</summary>
    /// <param name="tokens">Images × tokens × width; overwritten with the result.</param>
    public void Forward(Tensor tokens)
    {
        var (images, count, width) = (tokens.shape[0], tokens.shape[1], tokens.shape[2]);
        var rows = tokens.view(images * count, width);
        var qkv = Project(rows).view(images, count, 3 * width);
        Finish(rows, qkv, qkv);
    }

    /// <summary>The block's first half: queries, keys and values of some tokens.</summary>
    /// <param name="rows">Tokens × width.</param>
    /// <returns>Tokens × 3 · width.</returns>
    public Tensor Project(Tensor rows) => _qkv.Forward(Normalise(rows, _norm1));

    /// <summary>The block's second half: attention and MLP.</summary>
    /// <param name="rows">(Images · some tokens) × width; overwritten with the result.</param>
    /// <param name="own">Their queries, keys and values: images × some tokens × 3 · width.</param>
    /// <param name="all">Those of all tokens: images × tokens × 3 · width.</param>
    public void Finish(Tensor rows, Tensor own, Tensor all)
    {
        var attended = Attend(Heads(own, 0), Heads(all, 1), Heads(all, 2));
        rows.add_(_projection.Forward(attended.transpose(1, 2).reshape(rows.shape)));
        AddMlp(rows);
    }

    /// <summary>Runs the block as the last one, for the CLS token alone. Only its query is needed; and since attention is linear in keys
    /// and values, both layers are applied to one vector per head instead of to every token: (K x)·q = x·(Kᵀ q), and the mean of V x
    /// is V of the mean of x. The key's bias adds the same to every score, so softmax drops it; the scores' weights sum to 1, so the
    /// value's bias is added once.</summary>
    /// <param name="tokens">Images × tokens × width.</param>
    /// <returns>The CLS tokens, images × width.</returns>
    public Tensor ForwardCls(Tensor tokens)
    {
        var (images, width, heads) = (tokens.shape[0], tokens.shape[2], (long)_architecture.Heads);
        var headWidth = width / heads;
        var normalised = Normalise(tokens, _norm1);
        var weights = _qkv.Weight!.view(3, heads, headWidth, width);
        var biases = _qkv.Bias.view(3, width);

        var query = nn.functional.linear(normalised.select(1, 0), weights[0].view(width, width), biases[0])
            .mul_(1 / Math.Sqrt(headWidth)).view(images, heads, headWidth).transpose(0, 1);
        var lookedFor = query.bmm(weights[1]).transpose(0, 1);
        var attention = lookedFor.bmm(normalised.transpose(1, 2)).softmax(-1);
        var mean = attention.bmm(normalised).transpose(0, 1);
        var attended = mean.bmm(weights[2].transpose(1, 2)).transpose(0, 1).reshape(images, width).add_(biases[2]);

        var cls = tokens.select(1, 0).add(_projection.Forward(attended));
        AddMlp(cls);
        return cls;
    }

    // In bfloat16 libtorch's fused attention uses AMX or else no instructions for it: plain products, which do, take two thirds of its time.
    private Tensor Attend(Tensor queries, Tensor keys, Tensor values) => Type == ScalarType.BFloat16 && !BFloat16Support.HasTiles
        ? (queries * (1 / Math.Sqrt(queries.shape[^1]))).matmul(keys.transpose(-1, -2)).softmax(-1).matmul(values)
        : nn.functional.scaled_dot_product_attention(queries, keys, values);

    // Images × heads × tokens × width of a head, a view.
    private Tensor Heads(Tensor qkv, long part) => qkv
        .view(qkv.shape[0], qkv.shape[1], 3, _architecture.Heads, _architecture.Width / _architecture.Heads)
        .select(2, part)
        .transpose(1, 2);

    private void AddMlp(Tensor rows) => rows.add_(_fc2.Forward(_fc1.ForwardGelu(Normalise(rows, _norm2))));

    private Tensor Normalise(Tensor tokens, (Tensor Weight, Tensor Bias) norm) =>
        nn.functional.layer_norm(tokens, _normShape, norm.Weight, norm.Bias, Epsilon).to(Type);
}
