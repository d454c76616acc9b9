using DandelionMl.Backbones;
using DandelionMl.Data;

namespace DandelionMl.Embeddings;

/// <summary>What bounds the similarity of a vector to each embedding of a space, kept in memory: about 350 bytes each. Thread-safe.</summary>
/// <param name="database">The database.</param>
/// <param name="space">The embedding space.</param>
/// <param name="most">The most embeddings that are kept.</param>
internal sealed class EmbeddingBounds(Database database, EmbeddingSpace space, int most)
{
    private const int SampleSize = 1024;

    // The directions are found anew when there are so many times as many embeddings as they were found on.
    private const int Growth = 4;

    private readonly Lock _lock = new();
    private Task<Kept?>? _loading;

    /// <summary>Bounds the similarity of a vector to each embedding that is kept by now.</summary>
    /// <returns>The bounds; null where there are too many embeddings.</returns>
    public async Task<SimilarityBounds?> OfAsync(ReadOnlyMemory<float> vector, CancellationToken cancellationToken)
    {
        while (true)
        {
            var loading = Load(vector);
            try
            {
                var kept = await loading.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (kept is null)
                {
                    return null;
                }

                if (await CatchUpAsync(kept, vector, cancellationToken).ConfigureAwait(false) is { } bounds)
                {
                    return bounds;
                }

                Forget(loading);
            }
            catch when (loading.IsFaulted)
            {
                Forget(loading);
                throw;
            }
        }
    }

    /// <summary>Drops what is kept of some images; one that comes again is taken in again.</summary>
    public async Task ForgetAsync(IReadOnlyCollection<string> sha256)
    {
        Task<Kept?>? loading;
        lock (_lock)
        {
            loading = _loading;
        }

        // One that is being read may have begun before they were deleted. Where reading fails, nothing is kept.
        await ((Task?)loading ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (loading is { IsCompletedSuccessfully: true, Result: { } kept })
        {
            lock (_lock)
            {
                kept.Forget(sha256);
            }
        }
    }

    /// <summary>All of the space, read once for all who ask; it goes on if one of them no longer waits.</summary>
    private Task<Kept?> Load(ReadOnlyMemory<float> vector)
    {
        lock (_lock)
        {
            return _loading ??= database.ReadAsync(session => LoadAsync(session, vector), CancellationToken.None);
        }
    }

    private void Forget(Task<Kept?> loading)
    {
        lock (_lock)
        {
            _loading = _loading == loading ? null : _loading;
        }
    }

    /// <returns>Null where there are too many.</returns>
    private async Task<Kept?> LoadAsync(DatabaseSession session, ReadOnlyMemory<float> vector)
    {
        if (await EmbeddingRows.CountAsync(session, space).ConfigureAwait(false) > most)
        {
            return null;
        }

        var settled = await session.ScalarAsync<long>(database.SettledNumberSql).ConfigureAwait(false);
        var sample = await EmbeddingRows.SampleAsync(session, space, SampleSize).ConfigureAwait(false);
        var kept = new Kept(sample is [] ? [vector.ToArray()] : sample, settled);
        await EmbeddingRows.ReadAllAsync(session, space, kept.Add).ConfigureAwait(false);
        return kept;
    }

    /// <returns>Null where there are so many more embeddings that it had better be loaded anew, or more than are kept.</returns>
    private async Task<SimilarityBounds?> CatchUpAsync(Kept kept, ReadOnlyMemory<float> vector, CancellationToken cancellationToken)
    {
        var settled = await database.ReadAsync(session => session.ScalarAsync<long>(database.SettledNumberSql), cancellationToken).ConfigureAwait(false);
        var added = await database.ReadAsync(session => EmbeddingRows.SelectAddedAsync(session, space, kept.Since), cancellationToken).ConfigureAwait(false);
        string[] unknown;
        lock (_lock)
        {
            unknown = [.. added.Where(hash => !kept.Contains(hash))];
        }

        var embeddings = unknown is []
            ? null
            : await database.ReadAsync(session => EmbeddingRows.SelectAsync(session, space, unknown), cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            foreach (var (sha256, embedding) in embeddings ?? new Dictionary<string, float[]>())
            {
                kept.Add(sha256, embedding);
            }

            kept.Since = Math.Max(kept.Since, settled);
            var isOutgrown = kept.Hashes.Count > most || (kept.SampledOf < SampleSize && kept.Hashes.Count > Growth * kept.SampledOf);
            return isOutgrown ? null : kept.Bound(vector.Span);
        }
    }

    private sealed class Kept
    {
        private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
        private readonly LeadingSubspace _subspace;
        private readonly ProjectionTable _table;

        public Kept(List<float[]> sample, long since)
        {
            Since = since;
            (_subspace, SampledOf) = (LeadingSubspace.ForSearches([.. sample], searches: int.MaxValue), sample.Count);
            _table = new ProjectionTable(_subspace.Width);
        }

        /// <summary>The images, of which there are only ever more, so that who has counted them may read on; empty for one that was
        /// forgotten.</summary>
        public List<string> Hashes { get; } = [];

        public int SampledOf { get; }

        /// <summary>What transactions with smaller numbers added is known.</summary>
        public long Since { get; set; }

        public bool Contains(string sha256) => _known.ContainsKey(sha256);

        public void Add(string sha256, ReadOnlySpan<float> embedding)
        {
            if (_known.TryAdd(sha256, Hashes.Count))
            {
                Hashes.Add(sha256);
                _table.Add(Project(embedding));
            }
        }

        public void Forget(IReadOnlyCollection<string> sha256)
        {
            foreach (var hash in sha256)
            {
                if (_known.Remove(hash, out var index))
                {
                    Hashes[index] = "";
                    _table.Clear(index);
                }
            }
        }

        public SimilarityBounds Bound(ReadOnlySpan<float> vector) => new(Hashes, _table.Bound(Project(vector)));

        private float[] Project(ReadOnlySpan<float> embedding)
        {
            var projection = new float[_subspace.Width];
            _subspace.Project(embedding, Direction.ScaleOf(embedding), projection);
            return projection;
        }
    }
}
