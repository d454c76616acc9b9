using System.ComponentModel.DataAnnotations;

namespace DandelionMl.Promotion;

/// <summary>What a candidate must reach to become the champion; configuration section <c>DandelionMl:Gate</c>.</summary>
public sealed class PromotionGateOptions
{
    /// <summary>Lowest accuracy on the candidate's distinct test photos, 0 to 1; 0.8 by default. Far below what a working model of two or three
    /// classes has, far above chance: it keeps out what is broken. Lower it for many classes or hard ones.</summary>
    [Range(0.0, 1.0)]
    public double MinimumAccuracy { get; set; } = 0.8;

    /// <summary>Lowest recall of each class on the candidate's distinct test photos, 0 to 1; 0.6 by default, so that a class which is mostly
    /// missed is never served, however good the others are.</summary>
    [Range(0.0, 1.0)]
    public double MinimumRecall { get; set; } = 0.6;

    /// <summary>Fewest test images of each class, near-duplicates counted as one; 5 by default. Three photos of ten are tested on, so a class needs about 17 or more. It is
    /// the least with which a recall says anything at all; raise it where photos are plenty.</summary>
    [Range(1, 1_000_000)]
    public int MinimumTestImagesPerClass { get; set; } = 5;

    /// <summary>Level of the exact tests, one-sided; 0.05 by default.</summary>
    [Range(1e-6, 0.5)]
    public double SignificanceLevel { get; set; } = 0.05;

    /// <summary>Most that the accuracy of a candidate which has seen more data, and is neither better nor worse by what was counted, may
    /// be lower than the champion's, at the level above; 0.03, three points of a hundred, by default.</summary>
    [Range(0.0, 1.0)]
    public double MaximumLoss { get; set; } = 0.03;

    /// <summary>Share of the photos new since the champion's training whose label the champion may contradict, 0 to 1; 0.3 by default. A
    /// batch that is significantly above it is more likely wrongly labelled than hard, and waits for a person. Reviewed photos are
    /// the hard ones, so it is far above the error of a working model; 1 turns the condition off.</summary>
    [Range(0.0, 1.0)]
    public double MaximumContradiction { get; set; } = 0.3;

    /// <summary>How often test photos may be used for verdicts on average until they prove no candidate better any more, 1 to 100,000; 50 by default,
    /// about a year of weekly trainings. Each verdict on the same photos is one more chance to pass by luck, so fresh ones are due then. A
    /// candidate that was trained on more photos and is not worse passes as before, as does one that is better on fresh photos
    /// alone.</summary>
    [Range(1, 100_000)]
    public int MaximumTestImageUses { get; set; } = 50;

    /// <summary>How long a version that was rejected is kept, with its artifact and its record of training photos: 365 days by default, 1 to
    /// 36,500 days; 0 for ever. Kept in any case are the newest version and those with a note. Pipelines' workers delete what is older, and
    /// <c>dandelion prune</c> does.</summary>
    [TimeSpanRange("1.00:00:00", "36500.00:00:00", IsZeroAccepted = true)]
    public TimeSpan RejectedRetention { get; set; } = TimeSpan.FromDays(365);
}
