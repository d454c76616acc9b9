using System.ComponentModel.DataAnnotations;

namespace DandelionMl.Classification;

/// <summary>How a <see cref="Classifier"/> serves.</summary>
public sealed class ClassifierOptions
{
    /// <summary>Most requests in flight; one more is refused with <see cref="ClassifierBusyException"/>. 64 by default. Each holds one
    /// preprocessed image (602 kB at 224 × 224), and its encoded bytes. A quarter of them may be pictures that take more than 100 MB to
    /// decode.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrency { get; set; } = 64;

    /// <summary>Most images in one backbone pass; 16 by default. Requests are batched only with those already waiting: none waits for
    /// others to come.</summary>
    [Range(1, 1_024)]
    public int MaxBatchSize { get; set; } = 16;

    /// <summary>How many of the last photos' embeddings are remembered, so that one sent again, as when it is classified first and
    /// checked for duplicates then, costs no second backbone pass; 1,024 by default (1.5 kB each at 384 dimensions), 0 for
    /// none.</summary>
    [Range(0, 1_000_000)]
    public int RecentEmbeddings { get; set; } = 1_024;

    /// <summary>Share of the training photos that count as familiar, 0.5 to 1; 0.95 by default. A photo that is farther from them than
    /// these are from one another is said to look like nothing that is known. A smaller share finds more strangers, and calls more
    /// photos strange that are not; 1 calls hardly any strange. See <see cref="Familiarity"/> for what was measured.</summary>
    [Range(0.5, 1)]
    public double FamiliarShare { get; set; } = 0.95;

    /// <summary>How often the registry is asked for a new champion; 2 seconds by default.</summary>
    [TimeSpanRange("00:00:00.1", "1.00:00:00")]
    public TimeSpan ChampionPollInterval { get; set; } = TimeSpan.FromSeconds(2);
}
