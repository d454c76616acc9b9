using System.Security.Cryptography;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Tells whether a local file has another content than was ingested.</summary>
internal static class FileChange
{
    /// <returns>The source under which a local file's new content is known; null if the file still has the content that was
    /// ingested.</returns>
    public static async Task<string?> FindAsync(CatalogImage image, CancellationToken cancellationToken)
    {
        var source = new Uri(image.UrlSource);
        if (!source.IsFile || image.Content is not { } content)
        {
            return null;
        }

        // The row was made before the file was read: a file last written before that, and as long, is the one that was read. What has no
        // length may be a pipe, which nobody may ever write to.
        var path = ImageSource.ToPath(source);
        try
        {
            if (LocalFile.Find(path) is not { Length: > 0 } file || (file.Length == content.Size && file.WrittenAt < image.CreatedAt))
            {
                return null;
            }

            var stream = File.OpenRead(path);
            await using var streamLifetime = stream.ConfigureAwait(false);
            var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
            return sha256 == content.Sha256 ? null : ImageSource.WithContent(image.UrlSource, sha256);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It was read once and is stored; that it can't be read now takes nothing away.
            return null;
        }
    }
}
