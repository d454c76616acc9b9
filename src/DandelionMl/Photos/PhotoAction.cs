namespace DandelionMl.Photos;

/// <summary>What can be done with a photo.</summary>
public enum PhotoAction
{
    /// <summary>It came into the catalog.</summary>
    Add,

    /// <summary>A reviewer said that the predicted label is right.</summary>
    Confirm,

    /// <summary>A reviewer said that another label is right.</summary>
    Correct,

    /// <summary>A reviewer said that it shows none of the classes.</summary>
    NoneOfThese,

    /// <summary>A reviewer said that nothing can be learned from it: blurred, black, cut off.</summary>
    Unusable,

    /// <summary>A reviewer took back what was decided; the photo waits again.</summary>
    Undo,

    /// <summary>A retraining took it for the training set.</summary>
    Take,

    /// <summary>A photo of the training set was given another label.</summary>
    Relabel,

    /// <summary>It was taken out of the training set.</summary>
    Withdraw,

    /// <summary>It was put back into the training set.</summary>
    Restore,

    /// <summary>It was erased for good.</summary>
    Erase,

    /// <summary>Somebody looked at a photo of the training set whose label was in doubt, and found the label right.</summary>
    Keep,
}

/// <summary>How the database writes a <see cref="PhotoAction"/>; one that it does not record has no text. The texts stay as they are when
/// the enumeration is renamed.</summary>
internal static class PhotoActionText
{
    private static readonly Dictionary<PhotoAction, string> Texts = new()
    {
        [PhotoAction.Confirm] = "confirm",
        [PhotoAction.Correct] = "correct",
        [PhotoAction.NoneOfThese] = "none_of_these",
        [PhotoAction.Unusable] = "unusable",
        [PhotoAction.Undo] = "undo",
        [PhotoAction.Relabel] = "relabel",
        [PhotoAction.Withdraw] = "withdraw",
        [PhotoAction.Restore] = "restore",
        [PhotoAction.Erase] = "erase",
    };

    private static readonly Dictionary<string, PhotoAction> Actions = Texts.ToDictionary(item => item.Value, item => item.Key);

    public static string Of(PhotoAction action) => Texts[action];

    public static PhotoAction Parse(string text) => Actions.TryGetValue(text, out var action)
        ? action
        : throw new InvalidOperationException($"The database holds the unknown action '{text}' on a photo.");
}
