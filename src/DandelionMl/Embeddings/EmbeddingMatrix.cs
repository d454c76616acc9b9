namespace DandelionMl.Embeddings;

/// <summary>Embeddings of many images by SHA-256, in a few large arrays: a million of them are as many bytes as their values, and no objects for
/// the garbage collector to look at. Reading is safe from several threads; adding is not.</summary>
/// <param name="expected">How many are about to be added; more may be.</param>
internal sealed class EmbeddingMatrix(int expected)
{
    // 64 MiB: so little is left unused, and an array of all could be longer than an array may be.
    private const int MostValues = 16 * 1024 * 1024;

    private readonly Dictionary<string, ReadOnlyMemory<float>> _rows = new(expected, StringComparer.Ordinal);
    private Memory<float> _free;

    /// <summary>The embeddings by SHA-256; each is a part of an array that holds others, too.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<float>> Rows => _rows;

    /// <summary>Copies an embedding; of an image that is there already, nothing changes.</summary>
    public void Add(string sha256, ReadOnlySpan<float> embedding)
    {
        if (_rows.ContainsKey(sha256))
        {
            return;
        }

        if (_free.Length < embedding.Length)
        {
            var rows = Math.Clamp(expected - _rows.Count, 1, Math.Max(1, MostValues / embedding.Length));
            _free = GC.AllocateUninitializedArray<float>(rows * embedding.Length);
        }

        embedding.CopyTo(_free.Span);
        _rows.Add(sha256, _free[..embedding.Length]);
        _free = _free[embedding.Length..];
    }
}
