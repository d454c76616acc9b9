using System.Collections.Concurrent;
using DandelionMl.Retraining;

namespace DandelionMl.Testing;

/// <summary>An <see cref="IRetrainPolicy"/> that decides what a test tells it and remembers what it was asked. As every policy it says yes
/// where a training is forced. Thread-safe.</summary>
/// <param name="shouldRetrain">Whether to train; false by default.</param>
public sealed class FakeRetrainPolicy(bool shouldRetrain = false) : IRetrainPolicy
{
    private readonly ConcurrentQueue<RetrainSituation> _situations = [];

    /// <summary>Whether to train.</summary>
    public bool ShouldRetrain { get; set; } = shouldRetrain;

    /// <summary>The reason that it gives: <c>decided by the test</c> by default.</summary>
    public string Reason { get; set; } = "decided by the test";

    /// <summary>The situations that it was asked about, in order.</summary>
    public IReadOnlyList<RetrainSituation> Situations => [.. _situations];

    /// <inheritdoc/>
    public RetrainDecision Decide(RetrainSituation situation)
    {
        ArgumentNullException.ThrowIfNull(situation);
        _situations.Enqueue(situation);
        return new RetrainDecision(
            ShouldRetrain || situation.IsForced, Reason, situation.NewImages.Values.Sum(), MinimumNewImages: 0, situation.NextCheck);
    }
}
