namespace DandelionMl.Embeddings;

/// <summary>Keeps the most similar of the neighbours it is offered, from a similarity on. Of two as similar, the one with the smaller hash comes first, so
/// that the answer does not hang on the order of rows.</summary>
internal sealed class NearestNeighbours
{
    private static readonly Comparer<Neighbour> WorstFirst = Comparer<Neighbour>.Create(static (left, right) =>
    {
        var bySimilarity = left.Similarity.CompareTo(right.Similarity);
        return bySimilarity != 0 ? bySimilarity : string.CompareOrdinal(right.Sha256, left.Sha256);
    });

    private readonly PriorityQueue<Neighbour, Neighbour> _kept = new(WorstFirst);
    private readonly int _count;
    private readonly float _minimumSimilarity;

    public NearestNeighbours(int count, float minimumSimilarity) => (_count, _minimumSimilarity) = (count, minimumSimilarity);

    /// <summary>The similarity below which nothing is kept any more.</summary>
    public float Least => _kept.Count < _count ? _minimumSimilarity : _kept.Peek().Similarity;

    public void Offer(Neighbour neighbour)
    {
        if (neighbour.Similarity < _minimumSimilarity)
        {
            return;
        }

        if (_kept.Count < _count)
        {
            _kept.Enqueue(neighbour, neighbour);
        }
        else
        {
            _kept.EnqueueDequeue(neighbour, neighbour);
        }
    }

    /// <summary>The neighbours kept, the most similar first.</summary>
    public IReadOnlyList<Neighbour> ToList()
    {
        var neighbours = _kept.UnorderedItems.Select(item => item.Element).ToList();
        neighbours.Sort(static (left, right) => WorstFirst.Compare(right, left));
        return neighbours;
    }
}
