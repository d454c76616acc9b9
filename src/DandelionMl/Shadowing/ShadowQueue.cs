using System.Threading.Channels;
using DandelionMl.Classification;

namespace DandelionMl.Shadowing;

/// <summary>The shadow that this process asks, and the champion's answers that wait to be compared with its own. No sender of a photo waits
/// for it: where answers come faster than they are compared, the oldest are dropped. Thread-safe.</summary>
internal sealed class ShadowQueue : IPredictionObserver, IShadow
{
    private const int Most = 10_000;

    private readonly Channel<(ShadowModel Shadow, Prediction Prediction)> _waiting = Channel.CreateBounded<(ShadowModel, Prediction)>(
        new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest });

    private ShadowModel? _shadow;

    public int? Version => Volatile.Read(ref _shadow)?.Version;

    /// <summary>Asks this shadow from now on; null for none.</summary>
    public void Use(ShadowModel? shadow) => Volatile.Write(ref _shadow, shadow);

    public void Observe(Prediction prediction)
    {
        // The shadow is the one that runs when the champion answers, whichever runs when the two are compared.
        if (Volatile.Read(ref _shadow) is { } shadow && shadow.CanAnswer(prediction))
        {
            _waiting.Writer.TryWrite((shadow, prediction));
        }
    }

    public ShadowAnswer? Answer(Prediction prediction) => Volatile.Read(ref _shadow) is { } shadow && shadow.CanAnswer(prediction)
        ? new ShadowAnswer(shadow.Version, shadow.Answer(prediction))
        : null;

    /// <summary>Takes what waits.</summary>
    public List<(ShadowModel Shadow, Prediction Prediction)> Take()
    {
        var taken = new List<(ShadowModel, Prediction)>();
        while (taken.Count < Most && _waiting.Reader.TryRead(out var next))
        {
            taken.Add(next);
        }

        return taken;
    }
}
