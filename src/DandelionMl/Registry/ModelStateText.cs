namespace DandelionMl.Registry;

/// <summary>How the database writes a <see cref="ModelState"/>. The texts stay as they are when the enumeration is renamed.</summary>
internal static class ModelStateText
{
    /// <summary>A number and a key are taken for a version whose artifact is not yet written; nobody sees it.</summary>
    public const string Reserved = "reserved";

    public const string Candidate = "candidate";
    public const string Champion = "champion";
    public const string Archived = "archived";
    public const string Rejected = "rejected";

    public static string Of(ModelState state) => state switch
    {
        ModelState.Candidate => Candidate,
        ModelState.Champion => Champion,
        ModelState.Archived => Archived,
        ModelState.Rejected => Rejected,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "An unknown state."),
    };

    public static ModelState Parse(string text) => text switch
    {
        Candidate => ModelState.Candidate,
        Champion => ModelState.Champion,
        Archived => ModelState.Archived,
        Rejected => ModelState.Rejected,
        _ => throw new InvalidOperationException($"The registry holds a model in the unknown state '{text}'."),
    };
}
