using DandelionMl.Catalog;
using DandelionMl.Catalog.Transitions;
using DandelionMl.Data;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Decoding;
using DandelionMl.Photos;
using DandelionMl.Storage;

namespace DandelionMl.Retraining;

/// <summary>Moves validated photos into the training set, from <c>raw/new_data/corrected_data/</c> to <c>raw/{label}/</c>. Thread-safe; cut
/// off at any point and run again, it ends as an undisturbed run would.</summary>
internal sealed class TrainingSetIntake
{
    private const int Concurrency = 4;

    private readonly Database _database;
    private readonly IImageStore _store;
    private readonly ImageRelocator _relocator;
    private readonly IImageDecoder _decoder;
    private readonly ReviewOptions _options;
    private readonly TimeProvider _time;

    internal TrainingSetIntake(
        Database database, IImageStore store, IImageDecoder decoder, ImageRelocator relocator, ReviewOptions options, TimeProvider time)
    {
        (_database, _store, _relocator) = (database, store, relocator);
        (_decoder, _options, _time) = (decoder, options, time);
    }

    /// <summary>Moves every photo that is below a watermark (<see cref="ValidatedPhotos.ClaimAsync(string, CancellationToken)"/>) and
    /// not yet in the training set,
    /// those that earlier runs left included. A photo with a side longer than <see cref="ReviewOptions.MaxSide"/> joins scaled
    /// down.</summary>
    /// <param name="cancellationToken">Cancels the run; the next one goes on from there.</param>
    public async Task<TrainingSetIntakeReport> MoveAsync(CancellationToken cancellationToken = default)
    {
        var photos = await _database.ReadAsync(
            session => PhotoRows.QueryAsync(
                session,
                PhotoRows.Uploads,
                "WHERE p.state = @validated AND u.watermark IS NOT NULL ORDER BY p.id",
                [("validated", ImageStateText.Validated)]),
            cancellationToken).ConfigureAwait(false);
        var outcomes = new (bool IsScaled, string? Failure)[photos.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, photos.Count, options, async (index, token) =>
        {
            try
            {
                outcomes[index] = (await MoveAsync(photos[index], token).ConfigureAwait(false), null);
            }
            catch (Exception e) when (e is ObjectNotFoundException or ObjectCorruptedException or ImageDecodingException)
            {
                outcomes[index] = (false, e.Message);
            }
        }).ConfigureAwait(false);

        // Rows that were changed by a run that ended before the object was moved.
        await FinishMovesAsync(cancellationToken).ConfigureAwait(false);
        var failures = photos.Zip(outcomes).Where(pair => pair.Second.Failure is not null)
            .Select(pair => new TrainingSetIntakeFailure(pair.First.Image.Id, pair.Second.Failure!)).ToList();
        return new TrainingSetIntakeReport(photos.Count - failures.Count, outcomes.Count(outcome => outcome.IsScaled), failures);
    }

    /// <returns>Whether the photo was scaled down.</returns>
    private async Task<bool> MoveAsync(Photo photo, CancellationToken cancellationToken)
    {
        var content = photo.Image.Content!;
        var bytes = await _store.ReadVerifiedAsync(content.Key, content.Sha256, cancellationToken).ConfigureAwait(false);
        var header = _decoder.ReadHeader(bytes);
        if (Math.Max(header.Width, header.Height) > _options.MaxSide)
        {
            var scaled = await DecodingLanes.RunAsync(
                bytes, () => _decoder.ToTrainingJpeg(bytes, _options.MaxSide, _options.JpegQuality), cancellationToken).ConfigureAwait(false);
            await JoinScaledAsync(photo, scaled, cancellationToken).ConfigureAwait(false);
            return true;
        }

        await JoinAsync(photo.Image.Id, cancellationToken).ConfigureAwait(false);
        await _relocator.RelocateAsync(photo.Image.Id, cancellationToken).ConfigureAwait(false);
        return false;
    }

    private Task<bool> JoinAsync(long id, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcMicroseconds();
        return _database.WriteIdempotentAsync(
            async session =>
            {
                // Another run may have taken it in meanwhile.
                if (await ImageRows.FindAsync(session, id).ConfigureAwait(false) is not { State: ImageState.Validated } image)
                {
                    return false;
                }

                await ImageWriter.ChangeAsync(session, ImageTransition.Join, image, image.Label, now).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
    }

    private async Task JoinScaledAsync(Photo photo, byte[] scaled, CancellationToken cancellationToken)
    {
        var (id, original) = (photo.Image.Id, photo.Image.Content!);
        var sha256 = ContentHash.Of(scaled);
        var key = StorageKeys.Raw(photo.Image.Label, sha256, ImageFormat.Jpeg);
        using var content = new MemoryStream(scaled, writable: false);
        await _store.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
        string? originalKey = null;
        if (_options.KeepOriginals)
        {
            originalKey = StorageKeys.Original(original.Sha256, StorageKeys.FormatOf(original.Key));
            await _store.CopyAsync(original.Key, originalKey, cancellationToken).ConfigureAwait(false);
        }

        var now = _time.GetUtcMicroseconds();
        await _database.WriteIdempotentAsync(
            session => ScaledRows.ReplaceAsync(
                session, id, original.Sha256, originalKey, new StoredContent(key, _store.GetUri(key), sha256, scaled.Length), now),
            cancellationToken).ConfigureAwait(false);
        await _relocator.DeleteUnreferencedAsync(id, original.Key, cancellationToken).ConfigureAwait(false);
    }

    private async Task FinishMovesAsync(CancellationToken cancellationToken)
    {
        const string misplaced = "WHERE p.state = @stored AND p.storage_key LIKE @waiting";
        var photos = await _database.ReadAsync(
            session => PhotoRows.QueryAsync(
                session,
                PhotoRows.Uploads,
                misplaced,
                [("stored", ImageStateText.Stored), ("waiting", StorageKeys.CorrectedPrefix + "%")]),
            cancellationToken).ConfigureAwait(false);
        foreach (var photo in photos)
        {
            await _relocator.RelocateAsync(photo.Image.Id, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>What was moved into the training set.</summary>
/// <param name="Moved">Number of photos.</param>
/// <param name="Scaled">Those of them that were scaled down.</param>
/// <param name="Failures">Photos that could not be moved; the next run tries again.</param>
internal sealed record TrainingSetIntakeReport(int Moved, int Scaled, IReadOnlyList<TrainingSetIntakeFailure> Failures);

/// <summary>A photo that could not be moved.</summary>
/// <param name="ImageId">Its row in the catalog.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record TrainingSetIntakeFailure(long ImageId, string Reason);
