using DandelionMl.AspNetCore.Api;
using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Imaging;
using DandelionMl.Photos;
using DandelionMl.Storage;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary>Finds out all that the page says of a photo. Thread-safe.</summary>
internal sealed class PhotoExaminer(
    Classifier classifier,
    UploadIntake intake,
    KnownPhotos known,
    Familiarity familiarity,
    IImageDecoder decoder,
    IOptions<DandelionMlWebOptions> options,
    ILogger<PhotoExaminer> logger)
{
    // Of the nearest photos some may be no training photos, which are not shown.
    private const int Candidates = 12;
    private const int Shown = 4;
    private const int PictureSide = 480;

    /// <summary>Classifies a photo, keeps it if its owner agrees, and looks for photos like it.</summary>
    /// <param name="file">The photo.</param>
    /// <param name="keep">Whether its owner agrees to have it kept.</param>
    /// <param name="withPicture">Whether the result is to hold the photo itself, small.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DandelionMlException">It can't be classified.</exception>
    public async Task<PhotoResult> ExamineAsync(IFormFile file, bool keep, bool withPicture, CancellationToken cancellationToken)
    {
        await using var stream = file.OpenReadStream();
        var photo = new byte[file.Length];
        await stream.ReadExactlyAsync(photo, cancellationToken);
        var prediction = await classifier.ClassifyAsync(photo, cancellationToken);
        var certainty = prediction.Margin < options.Value.Pages.SureMargin ? Certainty.Unsure : Certainty.Sure;
        var result = new PhotoResult(file.FileName, withPicture ? Draw(photo) : null, Prediction: prediction, Certainty: certainty);
        try
        {
            // Before it is kept: else it would be the one most like itself.
            result = result with
            {
                Certainty = await familiarity.IsFamiliarAsync(prediction, cancellationToken) ? certainty : Certainty.Unknown,
                Similar = await FindSimilarAsync(prediction, cancellationToken),
            };
            return keep ? await KeepAsync(result, photo, file.FileName, cancellationToken) : result;
        }
        catch (Exception exception) when (exception is DatabaseException or StorageUnavailableException)
        {
            // What is in memory is told all the same.
            UploadLog.UploadNotKept(logger, exception);
            return result with { Kept = keep ? Keeping.Failed : null };
        }
    }

    private async Task<PhotoResult> KeepAsync(PhotoResult result, byte[] photo, string fileName, CancellationToken cancellationToken)
    {
        var upload = await intake.SubmitAsync(photo, result.Prediction!, fileName, cancellationToken);
        return result with { Kept = upload.Status == UploadStatus.New ? Keeping.New : Keeping.Known, Twin = upload.Twin };
    }

    private async Task<IReadOnlyList<KnownPhoto>> FindSimilarAsync(Prediction prediction, CancellationToken cancellationToken) =>
        options.Value.Pages.ShowTrainingPhotos
            ? [.. (await known.FindSimilarAsync(prediction, Candidates, cancellationToken))
                .Where(photo => photo.Image.State == ImageState.Stored).Take(Shown)]
            : [];

    private string Draw(byte[] photo) => $"data:image/jpeg;base64,{Convert.ToBase64String(decoder.ToJpeg(photo, PictureSide, quality: 80))}";
}
