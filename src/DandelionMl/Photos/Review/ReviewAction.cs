namespace DandelionMl.Photos;

/// <summary>What a reviewer does with a photo.</summary>
public enum ReviewAction
{
    /// <summary>The predicted label is right.</summary>
    Confirm,

    /// <summary>Another label is right.</summary>
    Correct,

    /// <summary>It shows none of the classes.</summary>
    NoneOfThese,

    /// <summary>Nothing can be learned from it: blurred, black, cut off.</summary>
    Unusable,

    /// <summary>What was decided before is taken back; the photo waits again.</summary>
    Undo,
}

/// <summary>How the database writes a <see cref="ReviewAction"/>. The texts stay as they are when the enumeration is renamed.</summary>
internal static class ReviewActionText
{
    private static readonly Dictionary<ReviewAction, string> Texts = new()
    {
        [ReviewAction.Confirm] = "confirm",
        [ReviewAction.Correct] = "correct",
        [ReviewAction.NoneOfThese] = "none_of_these",
        [ReviewAction.Unusable] = "unusable",
        [ReviewAction.Undo] = "undo",
    };

    private static readonly Dictionary<string, ReviewAction> Actions = Texts.ToDictionary(item => item.Value, item => item.Key);

    public static string Of(ReviewAction action) => Texts[action];

    public static ReviewAction Parse(string text) => Actions.TryGetValue(text, out var action)
        ? action
        : throw new InvalidOperationException($"The database holds the unknown review action '{text}'.");
}
