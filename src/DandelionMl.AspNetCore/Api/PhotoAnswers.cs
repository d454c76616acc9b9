using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Photos;
using DandelionMl.Storage;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Classifies users' photos and keeps those that are to be kept.</summary>
internal sealed class PhotoAnswers(Classifier classifier, UploadIntake intake, ILogger<PhotoAnswers> logger)
{
    /// <summary>Classifies a photo. Where it is to be kept and the stores are out of reach, the prediction is answered all the same.</summary>
    public async Task<PredictResponse> PredictAsync(IFormFile file, bool keep, CancellationToken cancellationToken)
    {
        if (!keep)
        {
            await using var photo = file.OpenReadStream();
            return PredictResponse.Of(await classifier.ClassifyAsync(photo, cancellationToken), null);
        }

        var bytes = await ReadAsync(file, cancellationToken);
        var prediction = await classifier.ClassifyAsync(bytes, cancellationToken);
        try
        {
            var result = await intake.SubmitAsync(bytes, prediction, file.FileName, cancellationToken);
            var state = result.Status == UploadStatus.New ? UploadState.New : UploadState.Known;
            return PredictResponse.Of(prediction, new UploadResponse(state, result.ImageId, result.Twin?.Similarity));
        }
        catch (Exception e) when (e is DatabaseException or StorageUnavailableException)
        {
            UploadLog.UploadNotKept(logger, e);
            return PredictResponse.Of(prediction, new UploadResponse(UploadState.Failed, null, null));
        }
    }

    /// <summary>Keeps a photo unless it is known.</summary>
    public async Task<UploadResult> SubmitAsync(IFormFile file, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(file, cancellationToken);
        return await intake.SubmitAsync(bytes, await classifier.ClassifyAsync(bytes, cancellationToken), file.FileName, cancellationToken);
    }

    private static async Task<byte[]> ReadAsync(IFormFile file, CancellationToken cancellationToken)
    {
        await using var photo = file.OpenReadStream();
        var bytes = new byte[file.Length];
        await photo.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }
}
