using DandelionMl.Backbones.Weights;

namespace DandelionMl.DinoV2;

/// <summary>What DINOv2's tensors are called: in the official files, and in Hugging Face's (<c>facebook/dinov2-small</c>), where queries,
/// keys and values are three tensors.</summary>
/// <param name="ClsToken">The CLS token.</param>
/// <param name="RegisterTokens">The register tokens.</param>
/// <param name="PositionEmbedding">The position embeddings.</param>
/// <param name="Patch">The patch embedding.</param>
/// <param name="Norm">The last layer norm.</param>
/// <param name="Block">The names of a block's layers, by its number.</param>
internal sealed record DinoV2Names(
    string ClsToken, string RegisterTokens, string PositionEmbedding, string Patch, string Norm, Func<int, DinoV2BlockNames> Block)
{
    private static readonly DinoV2Names Official = new(
        "cls_token", "register_tokens", "pos_embed", "patch_embed.proj", "norm",
        index => new DinoV2BlockNames(
            $"blocks.{index}.norm1",
            [$"blocks.{index}.attn.qkv"],
            $"blocks.{index}.attn.proj",
            $"blocks.{index}.ls1.gamma",
            $"blocks.{index}.norm2",
            $"blocks.{index}.mlp.fc1",
            $"blocks.{index}.mlp.fc2",
            $"blocks.{index}.ls2.gamma"));

    private static readonly DinoV2Names HuggingFace = new(
        "embeddings.cls_token", "embeddings.register_tokens", "embeddings.position_embeddings",
        "embeddings.patch_embeddings.projection", "layernorm",
        index => new DinoV2BlockNames(
            $"encoder.layer.{index}.norm1",
            [
                $"encoder.layer.{index}.attention.attention.query",
                $"encoder.layer.{index}.attention.attention.key",
                $"encoder.layer.{index}.attention.attention.value",
            ],
            $"encoder.layer.{index}.attention.output.dense",
            $"encoder.layer.{index}.layer_scale1.lambda1",
            $"encoder.layer.{index}.norm2",
            $"encoder.layer.{index}.mlp.fc1",
            $"encoder.layer.{index}.mlp.fc2",
            $"encoder.layer.{index}.layer_scale2.lambda1"));

    /// <summary>The patch embedding's weight.</summary>
    public string PatchWeight => Patch + ".weight";

    /// <summary>Finds out whose names a file uses.</summary>
    /// <exception cref="InvalidWeightsException">Neither's.</exception>
    public static DinoV2Names Of(WeightFile file)
    {
        DinoV2Names[] known = [Official, HuggingFace];
        return known.FirstOrDefault(names => file.Tensors.ContainsKey(names.PatchWeight))
            ?? throw new InvalidWeightsException("These are not the weights of a DINOv2: there is no patch embedding.");
    }
}

/// <summary>What the layers of a block are called; those with weight and bias without these words.</summary>
/// <param name="Norm1">Layer norm before the attention.</param>
/// <param name="Qkv">Queries, keys and values: one layer, or three.</param>
/// <param name="Projection">The attention's output.</param>
/// <param name="Scale1">Layer scale of the attention.</param>
/// <param name="Norm2">Layer norm before the MLP.</param>
/// <param name="Fc1">The MLP's first layer.</param>
/// <param name="Fc2">The MLP's second layer.</param>
/// <param name="Scale2">Layer scale of the MLP.</param>
internal sealed record DinoV2BlockNames(
    string Norm1, IReadOnlyList<string> Qkv, string Projection, string Scale1, string Norm2, string Fc1, string Fc2, string Scale2);
