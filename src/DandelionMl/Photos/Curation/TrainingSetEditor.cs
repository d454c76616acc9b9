using System.Diagnostics.CodeAnalysis;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Transitions;
using DandelionMl.Data;
using DandelionMl.Labels;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Photos;

/// <summary>Changes the training set by hand: gives its photos other labels, withdraws them, puts them back. Thread-safe; several
/// processes may share the work.</summary>
/// <remarks>
/// <para>The next training sees what was changed. Earlier models do not change: their manifests keep the photo with the label that it
/// had. A withdrawn photo is kept and known, so that neither an upload nor an ingestion of the same bytes brings it back.</para>
/// <para>A change and its entry in the photo's history are final once the transaction is committed. The object is moved after
/// that; a move
/// that is cut off is finished by the reconciler.</para>
/// </remarks>
[Experimental(DandelionMlExperiments.Curation)]
public sealed class TrainingSetEditor
{
    private readonly Database _database;
    private readonly ImageRelocator _relocator;
    private readonly PhotoEraser _eraser;
    private readonly TimeProvider _time;
    private readonly ILogger<TrainingSetEditor> _logger;

    internal TrainingSetEditor(
        Database database, ImageRelocator relocator, PhotoEraser eraser, TimeProvider time, ILogger<TrainingSetEditor> logger) =>
        (_database, _relocator, _eraser, _time, _logger) = (database, relocator, eraser, time, logger);

    /// <summary>Gives a photo of the training set another label; the label that it has is refused.</summary>
    /// <param name="imageId">Its row in the catalog.</param>
    /// <param name="label">The label, 1 to 50 characters; a new class is made by naming it.</param>
    /// <param name="actor">Who does it, 1 to 200 characters.</param>
    /// <param name="reason">The reason, kept in the history; null for none. Cut off after 1,000 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="InvalidLabelException">The label is not valid.</exception>
    public Task<PhotoOutcome> RelabelAsync(
        long imageId, string label, string actor, string? reason = null, CancellationToken cancellationToken = default)
    {
        ImageLabel.Check(label);
        return ChangeAsync(imageId, ImageTransition.Relabel, label, PhotoAction.Relabel, reason, actor, cancellationToken);
    }

    /// <summary>Does what <see cref="RelabelAsync(long, string, string, string?, CancellationToken)"/> does, unless the photo has another
    /// label by now than the one that was looked at. Where that one is given again, it is recorded as kept, and doubted no more.</summary>
    internal Task<PhotoOutcome> SettleLabelAsync(
        long imageId, string seen, string label, string actor, CancellationToken cancellationToken = default)
    {
        ImageLabel.Check(label);
        var action = label == seen ? PhotoAction.Keep : PhotoAction.Relabel;
        return ChangeAsync(imageId, ImageTransition.Relabel, label, action, reason: null, actor, cancellationToken, seen);
    }

    /// <summary>Takes a photo out of the training set.</summary>
    /// <param name="imageId">Its row in the catalog.</param>
    /// <param name="reason">The reason, kept in the history. Cut off after 1,000 characters.</param>
    /// <param name="actor">Who does it, 1 to 200 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentException">There is no reason.</exception>
    public Task<PhotoOutcome> WithdrawAsync(long imageId, string reason, string actor, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(AuditText.Clean(reason), nameof(reason));
        return ChangeAsync(imageId, ImageTransition.Withdraw, null, PhotoAction.Withdraw, reason, actor, cancellationToken);
    }

    /// <summary>Puts a withdrawn photo back into the training set.</summary>
    /// <param name="imageId">Its row in the catalog.</param>
    /// <param name="actor">Who does it, 1 to 200 characters.</param>
    /// <param name="reason">The reason, kept in the history; null for none. Cut off after 1,000 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<PhotoOutcome> RestoreAsync(
        long imageId, string actor, string? reason = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(imageId, ImageTransition.Restore, null, PhotoAction.Restore, reason, actor, cancellationToken);

    /// <summary>Forgets a photo that never came, or whose bytes were lost, with its history: no ingestion tries it again, unless a data set
    /// lists it. Models that were trained on it keep it in their lineage.</summary>
    /// <param name="imageId">Its row in the catalog.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The photo as it was; refused if its bytes are kept.</returns>
    public Task<PhotoOutcome> ForgetAsync(long imageId, CancellationToken cancellationToken = default) => _database.WriteAsync(
        async session =>
        {
            var photo = await PhotoRows.FindAsync(session, imageId).ConfigureAwait(false);
            if (photo?.Image.State != ImageTransition.Forget.From)
            {
                return new PhotoOutcome(imageId, photo is null ? PhotoRefusal.NotFound : PhotoRefusal.HasBytes, photo);
            }

            await PhotoHistory.ForgetAsync(session, imageId).ConfigureAwait(false);
            return await ImageWriter.ForgetAsync(session, imageId).ConfigureAwait(false)
                ? new PhotoOutcome(imageId, null, photo)
                : throw new LostRaceException($"Photo {imageId} was changed meanwhile.");
        },
        cancellationToken);

    /// <summary>Erases a photo in any state, for good, as its owner or the law may demand: its bytes, also those that were moved aside, its
    /// embeddings, its sender's name for it, and its history but for the erasure itself. Its row stays with the hash of the bytes, so that
    /// neither an upload nor an ingestion of the same bytes brings it back. Models that were trained on it keep what they learned.</summary>
    /// <param name="imageId">Its row in the catalog.</param>
    /// <param name="actor">Who does it, 1 to 200 characters.</param>
    /// <param name="reason">The reason, kept in the history; null for none. Cut off after 1,000 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The photo as it is now. A duplicate is refused: the photo that it is a duplicate of is to be erased.</returns>
    public Task<PhotoOutcome> EraseAsync(
        long imageId, string actor, string? reason = null, CancellationToken cancellationToken = default) =>
        _eraser.EraseAsync(imageId, actor, reason, cancellationToken);

    /// <summary>Erases the photo that has some bytes, in any state, for good: see
    /// <see cref="EraseAsync(long, string, string?, CancellationToken)"/>.</summary>
    /// <param name="sha256">SHA-256 of the bytes that are kept of it, or of those that it came with: 64 lower-case hexadecimal digits.</param>
    /// <param name="actor">Who does it, 1 to 200 characters.</param>
    /// <param name="reason">The reason, kept in the history; null for none. Cut off after 1,000 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The photo as it is now; refused where no photo has these bytes.</returns>
    /// <exception cref="ArgumentException">It is no such hash.</exception>
    public Task<PhotoOutcome> EraseBytesAsync(
        string sha256, string actor, string? reason = null, CancellationToken cancellationToken = default) =>
        _eraser.EraseBytesAsync(sha256, actor, reason, cancellationToken);

    /// <param name="imageId">The photo.</param>
    /// <param name="transition">What becomes of it.</param>
    /// <param name="label">Its new label; null for the one that it has.</param>
    /// <param name="action">What the record calls it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="seen">The label that it must have; null for any.</param>
    private async Task<PhotoOutcome> ChangeAsync(
        long imageId,
        ImageTransition transition,
        string? label,
        PhotoAction action,
        string? reason,
        string actor,
        CancellationToken cancellationToken,
        string? seen = null)
    {
        AuditText.CheckActor(actor);
        var (why, now) = (AuditText.Clean(reason), _time.GetUtcMicroseconds());
        var outcome = await _database.WriteAsync(
            async session =>
            {
                var photo = await PhotoRows.FindAsync(session, imageId).ConfigureAwait(false);
                if (Refuse(photo?.Image, transition, label, seen) is { } refusal)
                {
                    return new PhotoOutcome(imageId, refusal, photo);
                }

                var image = photo!.Image;
                if (action != PhotoAction.Keep)
                {
                    await ImageWriter.ChangeAsync(session, transition, image, label ?? image.Label, now).ConfigureAwait(false);
                }

                await PhotoHistory.AddCurationAsync(session, new PhotoEvent
                {
                    ImageId = imageId,
                    Action = action,
                    FromLabel = image.Label,
                    ToLabel = label ?? image.Label,
                    Reason = why,
                    Actor = actor,
                    At = now,
                }).ConfigureAwait(false);
                return new PhotoOutcome(imageId, null, await PhotoRows.FindAsync(session, imageId).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
        return outcome.IsAccepted && action != PhotoAction.Keep ? await RelocateAsync(outcome, cancellationToken).ConfigureAwait(false) : outcome;
    }

    private static PhotoRefusal? Refuse(CatalogImage? image, ImageTransition transition, string? label, string? seen) => image?.State switch
    {
        null => PhotoRefusal.NotFound,
        var state when state == transition.From && seen is not null => image.Label == seen ? null : PhotoRefusal.LabelChanged,
        var state when state == transition.From => image.Label == label ? PhotoRefusal.AlreadyLabelled : null,
        _ when transition == ImageTransition.Restore => PhotoRefusal.NotWithdrawn,
        ImageState.Withdrawn => PhotoRefusal.AlreadyWithdrawn,
        _ => PhotoRefusal.NotInTrainingSet,
    };

    private async Task<PhotoOutcome> RelocateAsync(PhotoOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            return await _relocator.RelocateAsync(outcome.ImageId, cancellationToken).ConfigureAwait(false)
                ? outcome with { Photo = await _database.ReadAsync(session => PhotoRows.FindAsync(session, outcome.ImageId), cancellationToken).ConfigureAwait(false) }
                : outcome;
        }
        catch (DandelionMlException e)
        {
            // The change stands; the object follows when the store is back.
            CurationLog.RelabelledMoveDeferred(_logger, outcome.ImageId, e.Message);
            return outcome;
        }
    }
}
