using DandelionMl.Catalog;
using DandelionMl.Catalog.Pairing;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Storage;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Photos;

/// <summary>Handles photos that people send: classifies each one, finds what it looks like, and stores it for review if its owner
/// agrees. Thread-safe.</summary>
public sealed class PhotoExaminer
{
    // Of the nearest photos some may be no training photos, or gone.
    private const int Spare = 8;

    // A busy server may need longer than a health check waits, and a photo that is not kept is lost to its sender. With this, the answer is
    // there within two seconds all the same, and within four where the photo is to be kept and the store is frozen as well.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1.5);

    /// <summary>The longest that a photo is tried to be kept: a store that freezes meanwhile would take the prediction with it.</summary>
    private static readonly TimeSpan KeepLimit = TimeSpan.FromSeconds(10);

    private readonly IImageClassifier _classifier;
    private readonly KnownPhotos _known;
    private readonly UploadIntake _intake;
    private readonly UploadSuggestions _suggestions;
    private readonly PhotoEraser _eraser;
    private readonly DatabaseCheck _database;
    private readonly StoreCheck _store;
    private readonly TimeProvider _time;
    private readonly PhotoTelemetry _telemetry;
    private readonly Repetitions _failures;
    private readonly ILogger<PhotoExaminer> _logger;

    internal PhotoExaminer(
        IImageClassifier classifier,
        KnownPhotos known,
        UploadIntake intake,
        UploadSuggestions suggestions,
        PhotoEraser eraser,
        DatabaseCheck database,
        StoreCheck store,
        TimeProvider time,
        ILogger<PhotoExaminer> logger,
        PhotoTelemetry? telemetry = null)
    {
        _telemetry = telemetry ?? new PhotoTelemetry();
        _failures = new Repetitions(time);
        _classifier = classifier;
        (_known, _intake, _suggestions, _eraser) = (known, intake, suggestions, eraser);
        (_database, _store, _time, _logger) = (database, store, time, logger);
    }

    /// <summary>Examines a photo. If the database or the store can't be reached, the prediction is still returned: see
    /// <see cref="ExaminedPhoto.Failure"/>.</summary>
    /// <param name="photo">The whole file: JPEG, PNG or WebP.</param>
    /// <param name="examination">What to do besides classifying it; null for nothing.</param>
    /// <param name="cancellationToken">Cancels the call; a photo that was to be kept may be kept or not.</param>
    /// <exception cref="Imaging.ImageDecodingException">The bytes are not a photo that can be read.</exception>
    /// <exception cref="NoModelException">There is no model yet.</exception>
    /// <exception cref="Backbones.BackboneUnavailableException">The model's backbone can't be loaded; the message says what to do.</exception>
    /// <exception cref="ArgumentException">The photo is to be kept, and the application's own classifier gave no embedding.</exception>
    /// <exception cref="ClassifierBusyException">Too many requests are in flight.</exception>
    public async Task<ExaminedPhoto> ExamineAsync(
        ReadOnlyMemory<byte> photo, PhotoExamination? examination = null, CancellationToken cancellationToken = default)
    {
        examination ??= new PhotoExamination();
        ArgumentOutOfRangeException.ThrowIfNegative(examination.Similar, nameof(examination));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(examination.Similar, SimilarPhotos.MaxCount, nameof(examination));
        var prediction = await _classifier.ClassifyAsync(photo, cancellationToken).ConfigureAwait(false);
        var result = await ExamineAsync(photo, prediction, examination, cancellationToken).ConfigureAwait(false);
        _telemetry.Receive(result);
        return result;
    }

    private async Task<ExaminedPhoto> ExamineAsync(
        ReadOnlyMemory<byte> photo, Prediction prediction, PhotoExamination examination, CancellationToken cancellationToken)
    {
        var result = new ExaminedPhoto { Prediction = prediction };
        try
        {
            // A database that is frozen would keep the answer for as long as a connection may take.
            await _database.CheckAsync(AnswerLimit, cancellationToken).ConfigureAwait(false);

            // Before it is kept: else it would be the one most like itself.
            result = result with
            {
                Similar = await FindSimilarAsync(prediction, examination.Similar, cancellationToken).ConfigureAwait(false),
            };
            return examination.Keep ? await KeepInTimeAsync(result, photo, examination.FileName, cancellationToken).ConfigureAwait(false) : result;
        }
        catch (Exception exception) when (exception is DatabaseException or StorageUnavailableException)
        {
            if (_failures.IsToTell("", out var times))
            {
                UploadLog.PhotoNotExamined(_logger, times, exception.Message);
            }

            return result with
            {
                Status = examination.Keep ? UploadStatus.Failed : UploadStatus.NotKept,
                Failure = (DandelionMlException)exception,
            };
        }
    }

    /// <summary>Keeps what the sender of a photo says is on it, for whoever reviews it: see <see cref="PhotoUpload.SuggestedLabel"/>. It is a hint;
    /// the label is the reviewer's to give. Said again, it takes the place of what was said before.</summary>
    /// <param name="receipt">The code that the sender was given, see <see cref="ExaminedPhoto.Receipt"/>; hyphens, spaces and case do not
    /// matter.</param>
    /// <param name="label">The class, 1 to 50 characters; let senders choose one of the model's.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was kept; false if no photo waits for review under the code.</returns>
    /// <exception cref="ArgumentException">It is not such a code; see <see cref="IsReceipt"/>.</exception>
    /// <exception cref="Labels.InvalidLabelException">The label is not valid.</exception>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public Task<bool> SuggestAsync(string receipt, string label, CancellationToken cancellationToken = default) =>
        _suggestions.SuggestAsync(receipt, label, cancellationToken);

    /// <summary>Erases a photo for its owner, for good: its bytes, its embedding and its name. The same photo is never stored again, unless its
    /// bytes differ. Models that were trained on it keep what they learned; the next training is without it. Where the same photo came with a
    /// data set, too, that one stays.</summary>
    /// <param name="receipt">The code that the sender was given, see <see cref="ExaminedPhoto.Receipt"/>; hyphens, spaces and case do not
    /// matter.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there was a photo; false if none was stored under the code, or it was erased before.</returns>
    /// <exception cref="ArgumentException">It is not such a code; see <see cref="IsReceipt"/>.</exception>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public Task<bool> EraseAsync(string receipt, CancellationToken cancellationToken = default) => _eraser.EraseAsync(receipt, cancellationToken);

    /// <summary>Whether a text may be a receipt: its length, its characters and its check sum are right.</summary>
    /// <param name="text">The text as a person wrote it.</param>
    public static bool IsReceipt(string? text) => UploadReceipt.IsReceipt(text);

    /// <exception cref="StorageUnavailableException">The store does not answer, or not in time.</exception>
    private async Task<ExaminedPhoto> KeepInTimeAsync(
        ExaminedPhoto result, ReadOnlyMemory<byte> photo, string? fileName, CancellationToken cancellationToken)
    {
        await _store.CheckAsync(AnswerLimit, cancellationToken).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(KeepLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await KeepAsync(result, photo, fileName, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StorageUnavailableException(
                $"The photo could not be kept within {KeepLimit.TotalSeconds} seconds: the store or the database is too slow.", exception);
        }
    }

    private async Task<ExaminedPhoto> KeepAsync(
        ExaminedPhoto result, ReadOnlyMemory<byte> photo, string? fileName, CancellationToken cancellationToken)
    {
        var submission = await _intake.SubmitAsync(photo, result.Prediction, fileName, cancellationToken).ConfigureAwait(false);
        return submission is { Twin.Photo.Image.State: ImageState.Erased } ? result with { Status = UploadStatus.Erased } : result with
        {
            Status = submission.IsNew ? UploadStatus.New : UploadStatus.Known,
            ImageId = submission.ImageId,
            Receipt = submission.Receipt,
            Twin = submission.Twin,
        };
    }

    private async Task<IReadOnlyList<KnownPhoto>> FindSimilarAsync(Prediction prediction, int count, CancellationToken cancellationToken) =>
        count == 0 || prediction.Backbone is null
            ? []
            : [.. (await _known.FindSimilarAsync(prediction, count + Spare, cancellationToken).ConfigureAwait(false))
                .Where(photo => photo.Photo.Image.State == ImageState.Stored).Take(count)];
}
