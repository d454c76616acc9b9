namespace DandelionMl.Catalog;

/// <summary>How the database writes an <see cref="ImageState"/>. The texts stay as they are when the enumeration is renamed.</summary>
internal static class ImageStateText
{
    public const string Registered = "registered";
    public const string Stored = "stored";
    public const string Duplicate = "duplicate";
    public const string Pending = "pending";
    public const string Validated = "validated";
    public const string Rejected = "rejected";
    public const string Withdrawn = "withdrawn";
    public const string Erased = "erased";

    public static string Of(ImageState state) => state switch
    {
        ImageState.Registered => Registered,
        ImageState.Stored => Stored,
        ImageState.Duplicate => Duplicate,
        ImageState.Pending => Pending,
        ImageState.Validated => Validated,
        ImageState.Rejected => Rejected,
        ImageState.Withdrawn => Withdrawn,
        ImageState.Erased => Erased,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "An unknown state."),
    };

    public static ImageState Parse(string text) => text switch
    {
        Registered => ImageState.Registered,
        Stored => ImageState.Stored,
        Duplicate => ImageState.Duplicate,
        Pending => ImageState.Pending,
        Validated => ImageState.Validated,
        Rejected => ImageState.Rejected,
        Withdrawn => ImageState.Withdrawn,
        Erased => ImageState.Erased,
        _ => throw new InvalidOperationException($"The catalog holds an image in the unknown state '{text}'."),
    };
}
