using DandelionMl.Hosting;

namespace DandelionMl.AspNetCore.Pages.Settings;

/// <summary>A setting as the page shows it.</summary>
/// <param name="Name">Its name below <c>DandelionMl</c>, as configurations have it.</param>
/// <param name="Value">Its value: a share as <see cref="double"/>, a number of bytes as <see cref="long"/>, other numbers as
/// <see cref="int"/>.</param>
/// <param name="Default">What it is unless it is set.</param>
public sealed record ShownSetting(string Name, object Value, object Default)
{
    /// <summary>The section that it is in.</summary>
    public string Section => Name[..Name.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>The key of its text.</summary>
    public string Key => Name.Replace(":", "", StringComparison.Ordinal);

    /// <summary>Whether somebody set it to something else.</summary>
    public bool IsChanged => !Value.Equals(Default);

    /// <summary>Those that people ask for: what the gate and the policy go by, what is kept for how long, how large photos may be. Passwords, keys and
    /// addresses of servers are not among them.</summary>
    internal static IReadOnlyList<ShownSetting> List(DandelionMlOptions options) =>
        [.. Read(options).Zip(Read(new DandelionMlOptions()), (given, initial) => new ShownSetting(given.Name, given.Value, initial.Value))];

    private static IEnumerable<(string Name, object Value)> Read(DandelionMlOptions options) =>
    [
        ("Gate:MinimumAccuracy", options.Gate.MinimumAccuracy),
        ("Gate:MinimumRecall", options.Gate.MinimumRecall),
        ("Gate:MinimumTestImagesPerClass", options.Gate.MinimumTestImagesPerClass),
        ("Gate:SignificanceLevel", options.Gate.SignificanceLevel),
        ("Gate:MaximumLoss", options.Gate.MaximumLoss),
        ("Gate:MaximumContradiction", options.Gate.MaximumContradiction),
        ("Gate:MaximumTestImageUses", options.Gate.MaximumTestImageUses),
        ("Gate:RejectedRetention", options.Gate.RejectedRetention),
        ("Retraining:MinimumNewImages", options.Retraining.MinimumNewImages),
        ("Retraining:MinimumNewImagesPerClass", options.Retraining.MinimumNewImagesPerClass),
        ("Retraining:MinimumInterval", options.Retraining.MinimumInterval),
        ("Training:TestFraction", options.Training.TestFraction),
        ("Training:PredictionSetCoverage", options.Training.PredictionSetCoverage),
        ("Training:UnknownFalseAlarmRate", options.Training.UnknownFalseAlarmRate),
        ("Training:BalanceClasses", options.Training.BalanceClasses),
        ("Review:RandomShare", options.Review.RandomShare),
        ("Review:LeaseDuration", options.Review.LeaseDuration),
        ("Review:KeepOriginals", options.Review.KeepOriginals),
        ("Review:MaxPending", (int)Math.Min(options.Review.MaxPending, int.MaxValue)),
        ("Review:MinimumFreeBytes", options.Review.MinimumFreeBytes),
        ("Images:MaxBytes", (long)options.Images.MaxBytes),
        ("Images:MaxPixels", options.Images.MaxPixels),
        ("Classifier:DriftEnabled", options.Classifier.DriftEnabled),
        ("Classifier:DriftDaysKept", options.Classifier.DriftDaysKept),
        ("Pipelines:WorkerEnabled", options.Pipelines.WorkerEnabled),
        ("Pipelines:SchedulerEnabled", options.Pipelines.SchedulerEnabled),
        ("Pipelines:TimeZone", options.Pipelines.TimeZone),
        ("Pipelines:RunRetention", options.Pipelines.RunRetention),
        ("Pipelines:MaxRuns", options.Pipelines.MaxRuns),
        ("Pipelines:LogRetention", options.Pipelines.LogRetention),
    ];
}
