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

    /// <summary>How often the registry is asked for a new champion; 2 seconds by default.</summary>
    [TimeSpanRange("00:00:00.1", "1.00:00:00")]
    public TimeSpan ChampionPollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether an application that serves watches its photos for drift: whether they still look like the training photos, and
    /// whether classes come as often as usual; true by default. See <c>docs/drift.md</c>.</summary>
    public bool DriftEnabled { get; set; } = true;

    /// <summary>Distinct photos that pass, on average, before a false alarm of drift; 365,000 by default: a year of 1,000 photos a day. The
    /// more, the later a true alarm comes: ten times as many delay it by about a fifth.</summary>
    [Range(100, 1_000_000_000)]
    public int DriftPhotosPerFalseAlarm { get; set; } = 365_000;

    /// <summary>Photos that come within this time of one another count as one for drift, since they may be one person's and all alike; one
    /// minute by default, none for each photo alone.</summary>
    [TimeSpanRange("00:00:00", "1.00:00:00")]
    public TimeSpan DriftBurstInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many photos of a day leave their embedding, class and hash for the explanation of an alarm; 200 by default, 0 for none.
    /// They are drawn evenly from all that were classified on the day. The photos themselves are not kept.</summary>
    [Range(0, 10_000)]
    public int DriftPhotosKeptPerDay { get; set; } = 200;

    /// <summary>For how many days these are kept; 28 by default.</summary>
    [Range(1, 366)]
    public int DriftDaysKept { get; set; } = 28;
}
