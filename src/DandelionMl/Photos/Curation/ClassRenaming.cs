using DandelionMl.Catalog;

namespace DandelionMl.Photos;

/// <summary>Gives all photos of a class another label: renames the class, or merges it into another. Each photo's change is one of its
/// history, as if a person had made it. Thread-safe.</summary>
internal sealed class ClassRenaming(PhotoSearch search, TrainingSetEditor editor, ReviewDesk desk)
{
    /// <summary>Relabels the training photos of a class, and the reviewed ones that wait for a retraining. What is cut off stays done, and
    /// is finished by the same call again.</summary>
    /// <param name="from">The class.</param>
    /// <param name="to">Its name from now on; a class of that name takes its photos.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="reason">Why; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many photos were relabelled.</returns>
    public async Task<int> RenameAsync(string from, string to, string actor, string? reason, CancellationToken cancellationToken)
    {
        var changed = 0;
        await foreach (var photo in search.StreamAsync(Of(from, ImageState.Stored), cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            changed += (await editor.RelabelAsync(photo.Image.Id, to, actor, reason, cancellationToken).ConfigureAwait(false)).IsAccepted ? 1 : 0;
        }

        await foreach (var photo in search.StreamAsync(Of(from, ImageState.Validated), cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var id = photo.Image.Id;
            if ((await desk.DecideAsync(new ReviewDecision(id, PhotoAction.Undo), actor, cancellationToken).ConfigureAwait(false)).IsAccepted)
            {
                changed += (await desk.DecideAsync(new ReviewDecision(id, PhotoAction.Correct, to), actor, cancellationToken).ConfigureAwait(false)).IsAccepted ? 1 : 0;
            }
        }

        return changed;
    }

    private static PhotoFilter Of(string label, ImageState state) => new() { Label = label, State = state };
}
