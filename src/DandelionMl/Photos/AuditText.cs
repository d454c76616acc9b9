using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>Who changes a photo and why, as the history keeps it.</summary>
internal static class AuditText
{
    private const int MaxActorLength = 200;
    private const int MaxReasonCharacters = 1_000;

    /// <exception cref="ArgumentException">It is not a name of 1 to 200 characters.</exception>
    public static void CheckActor(string actor)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(actor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(actor.Length, MaxActorLength, nameof(actor));
    }

    /// <summary>A reason without control characters, cut off after 1,000 characters; null if nothing is left.</summary>
    public static string? Clean(string? reason) => PlainText.Clean(reason, MaxReasonCharacters);
}
