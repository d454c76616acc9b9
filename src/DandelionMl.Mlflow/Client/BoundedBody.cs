using System.Text;

namespace DandelionMl.Mlflow.Client;

/// <summary>Reads an answer's body, but not more of it than any answer has.</summary>
internal static class BoundedBody
{
    /// <summary>The most that is read of an answer: runs with thousands of metrics take less. In bytes.</summary>
    public const int Most = 4 * 1024 * 1024;

    /// <summary>The most that is read of an error, in bytes.</summary>
    public const int MostOfError = 64 * 1024;

    /// <returns>The body; null if it is longer than that.</returns>
    public static async Task<byte[]?> ReadAsync(HttpContent content, int most, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > most)
        {
            return null;
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var streamLifetime = stream.ConfigureAwait(false);
        using var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            body.Write(chunk, 0, read);
            if (body.Length > most)
            {
                return null;
            }
        }

        return body.ToArray();
    }

    /// <summary>The beginning of an error's body as text.</summary>
    public static async Task<string> ReadErrorAsync(HttpContent content, CancellationToken cancellationToken) =>
        await ReadAsync(content, MostOfError, cancellationToken).ConfigureAwait(false) is { } body ? Encoding.UTF8.GetString(body) : "";
}
