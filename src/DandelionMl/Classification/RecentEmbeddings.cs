using BitFaster.Caching.Lru;
using DandelionMl.Backbones;

namespace DandelionMl.Classification;

/// <summary>The embeddings of the photos classified last, by content and space. Thread-safe.</summary>
internal sealed class RecentEmbeddings
{
    // The least that the cache of this kind holds.
    private const int MinCapacity = 3;

    private readonly ConcurrentLru<(EmbeddingSpace Space, string Sha256), float[]>? _embeddings;

    /// <param name="capacity">How many are remembered; 0 for none.</param>
    public RecentEmbeddings(int capacity) => _embeddings = capacity == 0 ? null : new(Math.Max(capacity, MinCapacity));

    public bool TryGet(EmbeddingSpace space, string sha256, out float[] embedding)
    {
        embedding = [];
        return _embeddings?.TryGet((space, sha256), out embedding!) ?? false;
    }

    /// <summary>Drops the embeddings of some photos, in all spaces.</summary>
    public void Forget(IReadOnlyCollection<string> sha256)
    {
        foreach (var key in _embeddings?.Keys.Where(key => sha256.Contains(key.Sha256)).ToList() ?? [])
        {
            _embeddings!.TryRemove(key);
        }
    }

    public void Add(EmbeddingSpace space, string sha256, float[] embedding) => _embeddings?.AddOrUpdate((space, sha256), embedding);
}
