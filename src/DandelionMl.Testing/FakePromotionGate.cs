using System.Collections.Concurrent;
using DandelionMl.Promotion;
using DandelionMl.Registry;

namespace DandelionMl.Testing;

/// <summary>An <see cref="IPromotionGate"/> that lets through what a test tells it to and remembers what it judged. Its verdicts have one
/// check, <c>test</c>, and no comparison. Thread-safe.</summary>
/// <param name="passes">Whether candidates pass; true by default.</param>
public sealed class FakePromotionGate(bool passes = true) : IPromotionGate
{
    private readonly ConcurrentQueue<(ModelVersion, ModelVersion?)> _judged = [];

    /// <summary>Whether candidates pass.</summary>
    public bool Passes { get; set; } = passes;

    /// <summary>The reason that it gives: <c>decided by the test</c> by default.</summary>
    public string Reason { get; set; } = "decided by the test";

    /// <summary>The candidates that it judged, each with the champion of the time, in order.</summary>
    public IReadOnlyList<(ModelVersion Candidate, ModelVersion? Champion)> Judged => [.. _judged];

    /// <inheritdoc/>
    public Task<GateVerdict> JudgeAsync(
        ModelVersion candidate, ModelVersion? champion, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<GateVerdict>(cancellationToken);
        }

        _judged.Enqueue((candidate, champion));
        var check = new GateCheck("test", Passes, Passes ? 1 : 0, 1, Reason);
        return Task.FromResult(new GateVerdict(champion?.Version, [check], Comparison: null));
    }
}
