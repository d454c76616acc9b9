using System.Text.RegularExpressions;
using DandelionMl.Backbones.Weights;

namespace DandelionMl.DinoV2.Tests;

/// <summary>Renames official tensors as Hugging Face's conversion script does.</summary>
internal static partial class HuggingFaceNames
{
    private static readonly string[] Parts = ["query", "key", "value"];

    public static IEnumerable<NamedTensor> Rename(NamedTensor tensor)
    {
        var name = Block().Replace(tensor.Name, "encoder.layer.$1.")
            .Replace("cls_token", "embeddings.cls_token", StringComparison.Ordinal)
            .Replace("mask_token", "embeddings.mask_token", StringComparison.Ordinal)
            .Replace("register_tokens", "embeddings.register_tokens", StringComparison.Ordinal)
            .Replace("pos_embed", "embeddings.position_embeddings", StringComparison.Ordinal)
            .Replace("patch_embed.proj", "embeddings.patch_embeddings.projection", StringComparison.Ordinal)
            .Replace("attn.proj", "attention.output.dense", StringComparison.Ordinal)
            .Replace("ls1.gamma", "layer_scale1.lambda1", StringComparison.Ordinal)
            .Replace("ls2.gamma", "layer_scale2.lambda1", StringComparison.Ordinal);
        if (name.StartsWith("norm.", StringComparison.Ordinal))
        {
            name = "layer" + name;
        }

        if (!name.Contains("attn.qkv", StringComparison.Ordinal))
        {
            return [tensor with { Name = name }];
        }

        var third = tensor.Values.Length / 3;
        return Parts.Select((part, index) => new NamedTensor(
            name.Replace("attn.qkv", $"attention.attention.{part}", StringComparison.Ordinal),
            [tensor.Shape[0] / 3, .. tensor.Shape.Skip(1)],
            tensor.Values.Slice(index * third, third)));
    }

    [GeneratedRegex(@"^blocks\.(\d+)\.")]
    private static partial Regex Block();
}
