namespace DandelionMl.AspNetCore.Api;

/// <summary>Photos in forms.</summary>
internal static class FormPhoto
{
    /// <summary>Reads the whole photo; the limit of the body bounds it.</summary>
    public static async Task<byte[]> ReadAllAsync(this IFormFile file, CancellationToken cancellationToken)
    {
        var photo = file.OpenReadStream();
        await using var photoLifetime = photo.ConfigureAwait(false);
        var bytes = new byte[file.Length];
        await photo.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }
}
