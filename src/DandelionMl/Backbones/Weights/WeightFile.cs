using System.Buffers;
using System.Runtime.InteropServices;

namespace DandelionMl.Backbones.Weights;

/// <summary>An open weights file, safetensors or PyTorch's: the names and shapes are known, the values are read one tensor at a time.
/// Whatever is in the file, nothing of it is run, and nothing is allocated for it before its sizes are checked. Thread-safe.</summary>
internal sealed class WeightFile : IDisposable
{
    private const int ChunkBytes = 1 << 16;

    private readonly Stream _stream;
    private readonly Lock _lock = new();

    private WeightFile(Stream stream, IEnumerable<WeightTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        _stream = stream;
        Tensors = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Metadata = metadata;
    }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>What a safetensors file says about itself; empty for PyTorch's.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file; its content decides on the format.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidWeightsException">It is of neither format, or damaged.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static WeightFile Open(string path) => Open(
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 14));

    /// <summary>Opens a seekable stream, which is disposed with the result, or at once if it can't be read.</summary>
    /// <param name="stream">The file's bytes.</param>
    /// <exception cref="InvalidWeightsException">They are of neither format, or damaged.</exception>
    public static WeightFile Open(Stream stream)
    {
        try
        {
            return StartsLikeZip(stream)
                ? new WeightFile(stream, TorchCheckpoint.ReadTensors(stream), new Dictionary<string, string>())
                : FromSafetensors(stream);
        }
        catch (Exception cause)
        {
            stream.Dispose();
            if (cause is EndOfStreamException)
            {
                throw new InvalidWeightsException("The weights file is cut off.", cause);
            }

            throw;
        }
    }

    /// <summary>Finds a tensor.</summary>
    /// <exception cref="InvalidWeightsException">There is none of that name.</exception>
    public WeightTensor Require(string name) => Tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new InvalidWeightsException($"The weights have no tensor '{name}'.");

    /// <summary>Reads a tensor's values, row by row.</summary>
    /// <exception cref="InvalidWeightsException">There is none of that name, or the file has become shorter.</exception>
    public float[] Read(string name)
    {
        var tensor = Require(name);
        var values = new float[tensor.Length];
        if (tensor.Length > 0)
        {
            Read(tensor, values);
        }

        return values;
    }

    public void Dispose() => _stream.Dispose();

    private void Read(WeightTensor tensor, float[] values)
    {
        lock (_lock)
        {
            try
            {
                _stream.Position = tensor.Offset;
                if (tensor.Strides is null)
                {
                    ReadValues(tensor.Type, values);
                    return;
                }

                // Reach is no more than the storage holds, so this is bounded by the file's length.
                var storage = new float[tensor.Reach];
                ReadValues(tensor.Type, storage);
                Gather(storage, tensor.Shape, tensor.Strides, values);
            }
            catch (EndOfStreamException cause)
            {
                throw new InvalidWeightsException($"The file ends inside tensor '{tensor.Name}'.", cause);
            }
        }
    }

    private void ReadValues(ElementType type, Span<float> values)
    {
        if (type == ElementType.Float32)
        {
            _stream.ReadExactly(MemoryMarshal.AsBytes(values));
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (!values.IsEmpty)
            {
                var count = Math.Min(values.Length, ChunkBytes / type.Size());
                var bytes = buffer.AsSpan(0, count * type.Size());
                _stream.ReadExactly(bytes);
                type.ToSingle(bytes, values[..count]);
                values = values[count..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Gather(float[] storage, IReadOnlyList<long> shape, IReadOnlyList<long> strides, float[] values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            long rest = index, position = 0;
            for (var axis = shape.Count - 1; axis >= 0; axis--)
            {
                position += rest % shape[axis] * strides[axis];
                rest /= shape[axis];
            }

            values[index] = storage[position];
        }
    }

    private static bool StartsLikeZip(Stream stream)
    {
        Span<byte> magic = stackalloc byte[4];
        stream.Position = 0;
        return stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length
            && magic.SequenceEqual("PK\u0003\u0004"u8);
    }

    private static WeightFile FromSafetensors(Stream stream)
    {
        var header = SafetensorsHeader.Read(stream);
        return new WeightFile(stream, header.Tensors, header.Metadata);
    }
}
