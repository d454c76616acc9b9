using DandelionMl.Backbones;
using DandelionMl.Embeddings;
using DandelionMl.Storage;

namespace DandelionMl.Testing;

/// <summary>An <see cref="IEmbeddingStore"/> in memory, for tests. It keeps the whole contract, searches exactly, and passes
/// <see cref="Conformance.EmbeddingStoreConformance"/>.</summary>
public sealed class InMemoryEmbeddingStore : IEmbeddingStore
{
    private readonly MemoryTransactions _transactions = new();
    private readonly Dictionary<EmbeddingSpace, Dictionary<string, float[]>> _spaces = [];

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, float[]>> GetAsync(
        EmbeddingSpace space, IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return _transactions.RunAsync<IReadOnlyDictionary<string, float[]>>(
            () => sha256.Distinct().Where(In(space).ContainsKey).ToDictionary(hash => hash, hash => Copy(In(space)[hash]), StringComparer.Ordinal),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task PutAsync(
        EmbeddingSpace space, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        return _transactions.RunAsync(() => Put(space, embeddings), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Neighbour>> FindNearestAsync(
        EmbeddingSpace space, ReadOnlyMemory<float> vector, int count, float minimumSimilarity = -1, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(() => FindNearest(space, vector.Span, count, minimumSimilarity), cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return _transactions.RunAsync(() => _spaces.Values.Sum(kept => sha256.Count(kept.Remove)), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<long> CountAsync(EmbeddingSpace space, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(() => (long)In(space).Count, cancellationToken);

    private static float[] Copy(float[] vector) => [.. vector];

    private Dictionary<string, float[]> In(EmbeddingSpace space) =>
        _spaces.TryGetValue(space, out var kept) ? kept : _spaces[space] = new Dictionary<string, float[]>(StringComparer.Ordinal);

    private int Put(EmbeddingSpace space, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings)
    {
        if (embeddings.Count == 0)
        {
            return 0;
        }

        var dimensions = embeddings.First().Value.Length;
        foreach (var (sha256, vector) in embeddings)
        {
            ContentHash.Check(sha256, nameof(embeddings));
            SqlEmbeddingStore.CheckVector(vector, dimensions, nameof(embeddings));
        }

        CheckDimensions(space, dimensions, nameof(embeddings));
        return embeddings.Count(embedding => In(space).TryAdd(embedding.Key, Copy(embedding.Value)));
    }

    private IReadOnlyList<Neighbour> FindNearest(EmbeddingSpace space, ReadOnlySpan<float> vector, int count, float minimumSimilarity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        SqlEmbeddingStore.CheckVector(vector, vector.Length, nameof(vector));
        CheckDimensions(space, vector.Length, nameof(vector));
        var nearest = new NearestNeighbours(count, minimumSimilarity);
        foreach (var (sha256, candidate) in In(space))
        {
            nearest.Offer(new Neighbour(sha256, SqlEmbeddingStore.Similarity(vector, candidate)));
        }

        return nearest.ToList();
    }

    private void CheckDimensions(EmbeddingSpace space, int dimensions, string parameterName)
    {
        if (In(space).Values.FirstOrDefault() is { } kept && kept.Length != dimensions)
        {
            throw SqlEmbeddingStore.DimensionMismatch(space, dimensions, kept.Length, parameterName);
        }
    }
}
