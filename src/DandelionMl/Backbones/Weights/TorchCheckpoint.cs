namespace DandelionMl.Backbones.Weights;

/// <summary>Reads a state dict that <c>torch.save</c> wrote (PyTorch 1.6 and later): a zip file with <c>data.pkl</c>, which names the
/// tensors, and one raw entry per storage.</summary>
internal static class TorchCheckpoint
{
    private const string PickleName = "/data.pkl";

    /// <summary>Lists the tensors.</summary>
    /// <param name="stream">The file.</param>
    /// <exception cref="InvalidWeightsException">It is no such file, or there is anything odd about it.</exception>
    public static IReadOnlyList<WeightTensor> ReadTensors(Stream stream)
    {
        var entries = StoredZip.ReadEntries(stream);
        var pickles = entries.Keys.Where(name => name.EndsWith(PickleName, StringComparison.Ordinal)).ToArray();
        if (pickles is not [var pickle] || pickle.IndexOf('/') != pickle.Length - PickleName.Length)
        {
            throw new InvalidWeightsException("The zip file is not a PyTorch checkpoint: it must have exactly one data.pkl.");
        }

        var folder = pickle[..^PickleName.Length];
        if (entries.Keys.FirstOrDefault(name => !name.StartsWith(folder + "/", StringComparison.Ordinal)) is { } stranger)
        {
            throw new InvalidWeightsException($"The zip file has an entry '{stranger}' outside of '{folder}'.");
        }

        if (entries.TryGetValue($"{folder}/byteorder", out var byteOrder) && !Read(stream, byteOrder, 16).SequenceEqual("little"u8))
        {
            throw new InvalidWeightsException("The checkpoint was written with big-endian numbers.");
        }

        var tensors = StateDictPickle.Read(Read(stream, entries[pickle], StateDictPickle.MaxBytes));
        if (tensors.DistinctBy(item => item.Key, StringComparer.Ordinal).Count() != tensors.Count)
        {
            throw new InvalidWeightsException("Two tensors of the checkpoint have the same name.");
        }

        return [.. tensors.Select(item => Locate(item.Key, item.Value, entries, folder))];
    }

    private static WeightTensor Locate(
        string name, PickledTensor tensor, IReadOnlyDictionary<string, ZipRange> entries, string folder)
    {
        var (storage, size) = (tensor.Storage, tensor.Storage.Type.Size());
        if (!entries.TryGetValue($"{folder}/data/{storage.Key}", out var range))
        {
            throw new InvalidWeightsException($"The storage {storage.Key} of tensor '{name}' is missing.");
        }

        if (range.Length % size != 0 || range.Length / size != storage.Length || tensor.Offset > storage.Length)
        {
            throw new InvalidWeightsException(
                $"The storage {storage.Key} of tensor '{name}' has {range.Length} bytes, not {storage.Length} values of {size} bytes.");
        }

        return WeightTensor.Create(
            name, storage.Type, tensor.Shape, range.Offset + (tensor.Offset * size), storage.Length - tensor.Offset, tensor.Strides);
    }

    private static byte[] Read(Stream stream, ZipRange range, int limit)
    {
        if (range.Length > limit)
        {
            throw new InvalidWeightsException($"An entry of the checkpoint has {range.Length} bytes; the limit is {limit}.");
        }

        var bytes = new byte[range.Length];
        stream.Position = range.Offset;
        stream.ReadExactly(bytes);
        return bytes;
    }
}
