using DandelionMl.Classification;
using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Imaging;
using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary><c>/predict</c>: what is on somebody's photos. The page's script sends each photo by itself and puts the answer, a part of a
/// page, in its place; without scripts the form sends all at once and the answer is a whole page.</summary>
internal static class PredictPages
{
    /// <summary>How many of the largest photos a form may hold, how many of any size are classified, and how many fields and files it may
    /// have.</summary>
    private const int PhotosOfOneForm = 5;
    private const int MostPhotos = 100;
    private const int MostParts = 256;

    public static void MapPredictPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapPublicPages();
        pages.MapPage<PredictPage>("/predict");
        pages.MapPost("/predict/photos", ShowAllAsync).TakesPhotos(MaxFormBytes(routes.MaxPhotoBytes()), MostParts);
        pages.MapPost("/predict/photo", ShowOneAsync).TakesOnePhoto().TakesPhotos(routes.MaxPhotoBytes());
    }

    /// <summary>The most bytes of all photos of a form.</summary>
    /// <param name="maxPhotoBytes">The most bytes of a photo.</param>
    public static long MaxFormBytes(long maxPhotoBytes) => PhotosOfOneForm * maxPhotoBytes;

    private static async Task<IResult> ShowOneAsync(
        IFormFile file, PhotoPresenter presenter, HttpContext context, CancellationToken cancellationToken, [FromForm] bool keep = false) =>
        PageRoutes.Render<PhotoAnswer>(new { Result = await presenter.ShowAsync(file, keep, withPicture: false, context, cancellationToken).ConfigureAwait(false) });

    private static async Task<IResult> ShowAllAsync(
        IFormFileCollection files, PhotoPresenter presenter, PhotoResults results, RateLimits limits, HttpContext context, CancellationToken cancellationToken, [FromForm] bool keep = false)
    {
        foreach (var (index, file) in files.Where(file => file.Length > 0 || file.FileName.Length > 0).Index())
        {
            // The request itself counted for the first.
            if (index >= MostPhotos || (index > 0 && !limits.TryPredict(context)))
            {
                results.Add(new PhotoResult(file.FileName, Problem: "Predict.Busy"));
                continue;
            }

            try
            {
                results.Add(await presenter.ShowAsync(file, keep, withPicture: true, context, cancellationToken).ConfigureAwait(false));
            }
            catch (ImageDecodingException exception)
            {
                results.Add(new PhotoResult(file.FileName, Problem: $"Predict.{exception.Reason}"));
            }
            catch (ClassifierBusyException)
            {
                results.Add(new PhotoResult(file.FileName, Problem: "Predict.Busy"));
            }
        }

        return PageRoutes.Render<PredictPage>(new { Keep = keep, HasNothing = results.Count == 0 });
    }
}
