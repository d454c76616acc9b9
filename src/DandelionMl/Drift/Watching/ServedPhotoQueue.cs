using System.Threading.Channels;
using BitFaster.Caching.Lru;
using DandelionMl.Classification;

namespace DandelionMl.Drift.Watching;

/// <summary>Predictions that wait to be looked at for drift. Where they come faster than that, the oldest are dropped: no sender of a photo waits.
/// Thread-safe.</summary>
internal sealed class ServedPhotoQueue(TimeProvider time) : IPredictionObserver
{
    private const int Most = 10_000;

    // A photo that is sent twice, as to be classified first and to be stored then, is one photo.
    private readonly ConcurrentLru<(int Version, string Sha256), bool> _seen = new(4_096);

    private readonly Channel<(Prediction Prediction, DateTimeOffset At)> _waiting = Channel.CreateBounded<(Prediction, DateTimeOffset)>(
        new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private volatile bool _isRead;

    /// <summary>Says that somebody reads; until then nothing is kept.</summary>
    public void Open() => _isRead = true;

    public void Observe(Prediction prediction)
    {
        if (!_isRead || prediction.Backbone is null || _seen.TryGet((prediction.ModelVersion, prediction.Sha256), out _))
        {
            return;
        }

        _seen.AddOrUpdate((prediction.ModelVersion, prediction.Sha256), true);
        _waiting.Writer.TryWrite((prediction, time.GetUtcNow()));
    }

    /// <summary>Takes what waits.</summary>
    public List<(Prediction Prediction, DateTimeOffset At)> Take()
    {
        var taken = new List<(Prediction, DateTimeOffset)>();
        while (taken.Count < Most && _waiting.Reader.TryRead(out var next))
        {
            taken.Add(next);
        }

        return taken;
    }
}
