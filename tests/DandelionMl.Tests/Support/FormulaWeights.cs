using DandelionMl.Backbones.Weights;

namespace DandelionMl.Tests.Support;

/// <summary>Weights made from a formula (see <c>../shared/golden/README.md</c>), so that a large network can be compared without its
/// weights being at hand.</summary>
internal static class FormulaWeights
{
    public static float[] Values(string name, int count, double centre, double scale)
    {
        var seed = 0xCBF29CE484222325UL;
        foreach (var character in name)
        {
            seed = (seed ^ character) * 0x100000001B3UL;
        }

        var values = new float[count];
        for (var index = 0; index < count; index++)
        {
            var z = seed + ((ulong)(index + 1) * 0x9E3779B97F4A7C15UL);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            z ^= z >> 31;
            values[index] = (float)(centre + (scale * (((z >> 40) * Math.Pow(2, -24) * 2) - 1)));
        }

        return values;
    }

    /// <summary>One tensor of a DINOv2 by its official name.</summary>
    public static NamedTensor Tensor(string name, params long[] shape)
    {
        var count = (int)shape.Aggregate(1L, (length, size) => length * size);
        var isNorm = name.Contains("norm", StringComparison.Ordinal);
        var (centre, scale) = name switch
        {
            "pos_embed" or "cls_token" or "register_tokens" or "mask_token" => (0, 0.5),
            "patch_embed.proj.weight" => (0, Math.Sqrt(3.0 / (3 * 14 * 14))),
            _ when name.EndsWith(".bias", StringComparison.Ordinal) => (0, 0.05),
            _ when name.EndsWith(".gamma", StringComparison.Ordinal) => (0.5, 0.25),
            _ when isNorm => (1, 0.1),
            _ => (0.0, Math.Sqrt(3.0 / shape[1])),
        };
        return new NamedTensor(name, shape, Values(name, count, centre, scale));
    }

    /// <summary>All tensors of a DINOv2.</summary>
    public static IReadOnlyList<NamedTensor> DinoV2(int width, int depth, int grid, int registers = 0)
    {
        var tensors = new List<NamedTensor>
        {
            Tensor("cls_token", 1, 1, width),
            Tensor("pos_embed", 1, 1 + (grid * grid), width),
            Tensor("mask_token", 1, width),
            Tensor("patch_embed.proj.weight", width, 3, 14, 14),
            Tensor("patch_embed.proj.bias", width),
        };
        if (registers > 0)
        {
            tensors.Add(Tensor("register_tokens", 1, registers, width));
        }

        for (var index = 0; index < depth; index++)
        {
            tensors.AddRange(Block($"blocks.{index}.", width));
        }

        tensors.AddRange([Tensor("norm.weight", width), Tensor("norm.bias", width)]);
        return tensors;
    }

    private static IEnumerable<NamedTensor> Block(string prefix, int width) =>
    [
        Tensor(prefix + "norm1.weight", width), Tensor(prefix + "norm1.bias", width),
        Tensor(prefix + "attn.qkv.weight", 3 * width, width), Tensor(prefix + "attn.qkv.bias", 3 * width),
        Tensor(prefix + "attn.proj.weight", width, width), Tensor(prefix + "attn.proj.bias", width),
        Tensor(prefix + "ls1.gamma", width),
        Tensor(prefix + "norm2.weight", width), Tensor(prefix + "norm2.bias", width),
        Tensor(prefix + "mlp.fc1.weight", 4 * width, width), Tensor(prefix + "mlp.fc1.bias", 4 * width),
        Tensor(prefix + "mlp.fc2.weight", width, 4 * width), Tensor(prefix + "mlp.fc2.bias", width),
        Tensor(prefix + "ls2.gamma", width),
    ];
}
