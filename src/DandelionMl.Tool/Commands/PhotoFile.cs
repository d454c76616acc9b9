using DandelionMl.Catalog.Ingestion;
using DandelionMl.Classification;
using DandelionMl.Imaging;

namespace DandelionMl.Tool.Commands;

/// <summary>A photo on this machine that a command classifies.</summary>
internal static class PhotoFile
{
    /// <summary>Whether an error says that a file is no photo or can't be read.</summary>
    public static bool IsUnreadable(Exception exception) => exception is ImageDecodingException or IOException or UnauthorizedAccessException;

    public static async Task<Prediction> ClassifyAsync(Classifier classifier, string path, CancellationToken cancellationToken)
    {
        if (LocalFile.Find(path) is { Length: 0 })
        {
            throw new ImageDecodingException(ImageDecodingFailure.Empty, LocalFile.NoContent);
        }

        var photo = File.OpenRead(path);
        await using var photoLifetime = photo.ConfigureAwait(false);
        return await classifier.ClassifyAsync(photo, cancellationToken).ConfigureAwait(false);
    }
}
