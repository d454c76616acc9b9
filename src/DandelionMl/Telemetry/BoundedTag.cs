using System.Collections.Concurrent;

namespace DandelionMl.Telemetry;

/// <summary>Keeps the values of an attribute few, whatever users call things: the first ones that come are told apart, the others are one.
/// Thread-safe.</summary>
/// <param name="most">How many are told apart.</param>
internal sealed class BoundedTag(int most)
{
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private int _count;

    /// <returns>The value, or <see cref="TelemetryTags.Other"/>.</returns>
    public string Of(string value) => _known.TryGetValue(value, out var known) ? known
        : Volatile.Read(ref _count) >= most || Interlocked.Increment(ref _count) > most ? TelemetryTags.Other
        : _known.GetOrAdd(value, value);
}
