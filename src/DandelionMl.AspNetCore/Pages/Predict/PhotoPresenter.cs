using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Decoding;
using DandelionMl.Photos;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary>Finds out all that the page says of a photo. Thread-safe.</summary>
internal sealed class PhotoPresenter(PhotoExaminer examiner, RateLimits limits, IImageDecoder decoder, IOptions<DandelionMlWebOptions> options)
{
    private const int Similar = 4;
    private const int PictureSide = 480;

    /// <summary>Examines a photo.</summary>
    /// <param name="file">The photo.</param>
    /// <param name="keep">Whether its owner agrees to have it kept.</param>
    /// <param name="withPicture">Whether the result is to hold the photo itself, small.</param>
    /// <param name="context">The request that it came with.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DandelionMlException">It can't be classified.</exception>
    public async Task<PhotoResult> ShowAsync(IFormFile file, bool keep, bool withPicture, HttpContext context, CancellationToken cancellationToken)
    {
        var examination = new PhotoExamination
        {
            FileName = file.FileName,
            Similar = options.Value.Pages.ShowTrainingPhotos ? Similar : 0,
        };
        var photo = await examiner.ExamineAsync(file, keep, examination, limits, context, cancellationToken).ConfigureAwait(false);
        var certainty = photo switch
        {
            { Prediction.IsKnown: false } => Certainty.Unknown,
            { Prediction.Margin: var margin } when margin < options.Value.Pages.SureMargin => Certainty.Unsure,
            _ => Certainty.Sure,
        };
        return new PhotoResult(file.FileName, photo, certainty, Picture: withPicture ? await DrawAsync(file, cancellationToken).ConfigureAwait(false) : null)
        {
            Upload = UploadResponse.Of(photo, KnownPhotoRules.MayTell(context)),
        };
    }

    private async Task<string> DrawAsync(IFormFile file, CancellationToken cancellationToken)
    {
        var photo = await file.ReadAllAsync(cancellationToken).ConfigureAwait(false);
        var picture = await DecodingLanes.RunAsync(photo, () => decoder.ToJpeg(photo, PictureSide, quality: 80), cancellationToken)
            .ConfigureAwait(false);
        return $"data:image/jpeg;base64,{Convert.ToBase64String(picture)}";
    }
}
