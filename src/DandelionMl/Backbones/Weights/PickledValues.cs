namespace DandelionMl.Backbones.Weights;

/// <summary>A dictionary of a pickle. Its items are kept as they come: it may hold itself, so nothing looks into it but
/// <see cref="StateDictPickle.Read"/>.</summary>
internal sealed class PickledDict
{
    public List<KeyValuePair<object, object>> Items { get; } = [];
}

/// <summary>What a global of a state dict's pickle stands for.</summary>
internal enum PickledGlobalKind
{
    OrderedDict,
    RebuildTensor,
    Storage,
}

/// <summary>One of the few globals that a state dict names.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Type">Element type of a storage.</param>
internal sealed record PickledGlobal(PickledGlobalKind Kind, ElementType Type = default)
{
    /// <summary>Finds a global.</summary>
    /// <exception cref="InvalidWeightsException">No state dict needs it.</exception>
    public static PickledGlobal Find(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => new PickledGlobal(PickledGlobalKind.OrderedDict),
        ("torch._utils", "_rebuild_tensor_v2") => new PickledGlobal(PickledGlobalKind.RebuildTensor),
        ("torch", "FloatStorage") => new PickledGlobal(PickledGlobalKind.Storage, ElementType.Float32),
        ("torch", "HalfStorage") => new PickledGlobal(PickledGlobalKind.Storage, ElementType.Float16),
        ("torch", "BFloat16Storage") => new PickledGlobal(PickledGlobalKind.Storage, ElementType.BFloat16),
        ("torch", "DoubleStorage") => new PickledGlobal(PickledGlobalKind.Storage, ElementType.Float64),
        ("torch", "LongStorage") => new PickledGlobal(PickledGlobalKind.Storage, ElementType.Int64),
        _ => throw new InvalidWeightsException($"The pickle names '{module}.{name}', which no state dict needs; it is refused."),
    };
}

/// <summary>A storage that a pickle refers to.</summary>
/// <param name="Key">Name of its entry below <c>data/</c>; digits.</param>
/// <param name="Type">Its values' type.</param>
/// <param name="Length">How many values it has.</param>
internal sealed record PickledStorage(string Key, ElementType Type, long Length)
{
    /// <summary>Takes a persistent id apart: <c>('storage', type, key, device, length)</c>.</summary>
    public static PickledStorage FromId(object[] id) =>
        id is ["storage", PickledGlobal { Kind: PickledGlobalKind.Storage } global, string key, string, long length]
        && length >= 0 && key.Length is > 0 and <= 10 && key.All(char.IsAsciiDigit)
            ? new PickledStorage(key, global.Type, length)
            : throw new InvalidWeightsException("The pickle refers to something that is not a storage.");
}

/// <summary>A tensor as a pickle describes it: a view of a storage.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">Its first value in the storage.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Strides">Steps along each dimension, in values.</param>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>Takes the arguments of <c>_rebuild_tensor_v2</c>: storage, offset, shape, strides, requires_grad, hooks.</summary>
    public static PickledTensor FromArguments(object[] arguments) =>
        arguments is [PickledStorage storage, long offset and >= 0, object[] shape, object[] strides, bool, PickledDict]
        && shape.Length == strides.Length && shape.Length <= WeightTensor.MaxRank
            ? new PickledTensor(storage, offset, Integers(shape), Integers(strides))
            : throw new InvalidWeightsException("The pickle describes a tensor in an unknown way.");

    private static long[] Integers(object[] values) =>
        [.. values.Select(value => value is long number ? number : throw new InvalidWeightsException("A tensor's size is not a number."))];
}
