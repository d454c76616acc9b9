using DandelionMl.Catalog;
using DandelionMl.Catalog.Transitions;
using DandelionMl.Data;
using DandelionMl.Photos;

namespace DandelionMl.Retraining;

/// <summary>Puts a scaled-down copy in the place of a validated photo.</summary>
internal static class ScaledRows
{
    public static async Task<bool> ReplaceAsync(
        DatabaseSession session, long id, string originalSha256, string? originalKey, StoredContent scaled, DateTimeOffset now)
    {
        // Two photos may be the same once they are small: the first stands for both.
        var twin = await ImageRows.FindBySha256Async(session, scaled.Sha256).ConfigureAwait(false);
        var transition = twin is null ? ImageTransition.Join : ImageTransition.JoinAsDuplicate;
        var isReplaced = await ImageWriter.ReplaceAsync(session, transition, id, twin?.Content ?? scaled, now).ConfigureAwait(false);
        if (isReplaced)
        {
            await UploadRows.KeepOriginalAsync(session, id, originalSha256, originalKey).ConfigureAwait(false);
        }

        return isReplaced;
    }
}
