using DandelionMl.Registry;

namespace DandelionMl.Promotion;

/// <summary>How worn the test images are: see <see cref="PromotionGateOptions.MaximumTestImageUses"/>.</summary>
internal static class TestImageUses
{
    /// <summary>For how many verdicts the test images of the newest one were used on average, that one included.</summary>
    /// <param name="versions">All versions.</param>
    /// <returns>Null while no version was compared with a champion.</returns>
    public static double? Of(IEnumerable<ModelVersion> versions) =>
        versions.Where(version => version.Verdict?.Comparison is not null).MaxBy(version => version.Version)?.Verdict!.Comparison!.Uses + 1;
}
