using DandelionMl.Data;
using DandelionMl.Labels;

namespace DandelionMl.Photos;

/// <summary>Keeps what the sender of a photo says is on it, for whoever reviews it; the photo's label is the reviewer's to give. Thread-safe.
/// </summary>
internal sealed class UploadSuggestions(Database database)
{
    /// <inheritdoc cref="PhotoExaminer.SuggestAsync"/>
    public async Task<bool> SuggestAsync(string receipt, string label, CancellationToken cancellationToken = default)
    {
        var hash = UploadReceipt.HashOf(receipt);
        ImageLabel.Check(label);
        return await database.WriteIdempotentAsync(
            session => UploadRows.SuggestAsync(session, hash, label), cancellationToken).ConfigureAwait(false) == 1;
    }
}
