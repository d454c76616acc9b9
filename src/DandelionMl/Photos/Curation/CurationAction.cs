namespace DandelionMl.Photos;

/// <summary>What the database calls the changes of the training set. The texts stay as they are when anything is renamed.</summary>
internal static class CurationAction
{
    public const string Relabel = "relabel";
    public const string Withdraw = "withdraw";
    public const string Restore = "restore";

    public static PhotoAction Parse(string text) => text switch
    {
        Relabel => PhotoAction.Relabel,
        Withdraw => PhotoAction.Withdraw,
        Restore => PhotoAction.Restore,
        _ => throw new InvalidOperationException($"The database holds the unknown curation action '{text}'."),
    };
}
