using System.Runtime.CompilerServices;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>A file of comma-separated values (RFC 4180, UTF-8) with a line <c>url,label</c> for each image, in the order of its lines. A
/// first line <c>url,label</c> or <c>url_source,label</c> is a header. A URL is an absolute <c>http</c>, <c>https</c> or <c>file</c> URI, or
/// a path, taken from the folder of the file if it is relative.</summary>
/// <remarks>A manifest may name any file that the process may read and any address that it can reach: take manifests only from people
/// who may do both.</remarks>
public sealed class ManifestDataset : IDataset
{
    private readonly string _path;

    /// <summary>Names the file; it is read when the data set is.</summary>
    /// <param name="path">Its path.</param>
    public ManifestDataset(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = Path.GetFullPath(path);
    }

    /// <inheritdoc/>
    public string Name => _path;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var text = Open();
        var isFirst = true;
        await foreach (var (line, fields) in new CsvReader(text).ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (fields.Count != 2)
            {
                throw new InvalidDatasetException($"'{_path}', line {line}: {fields.Count} fields where url,label is expected.");
            }

            if (!isFirst || !IsHeader(fields))
            {
                yield return new ManifestEntry(Source(fields[0].Trim()), fields[1].Trim());
            }

            isFirst = false;
        }
    }

    private static bool IsHeader(IReadOnlyList<string> fields) =>
        fields[0].Trim().ToLowerInvariant() is "url" or "url_source"
        && fields[1].Trim().Equals("label", StringComparison.OrdinalIgnoreCase);

    private StreamReader Open()
    {
        try
        {
            return new StreamReader(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDatasetException($"The manifest '{_path}' can't be read: {exception.Message}", exception);
        }
    }

    // On Unix a rooted path would pass for an absolute URI; any other text with a scheme is left to the ingestion to judge.
    private string Source(string url)
    {
        var isUri = url.Length == 0 || (!Path.IsPathRooted(url) && Uri.TryCreate(url, UriKind.Absolute, out _));
        return isUri ? url : ImageSource.OfFile(Path.Combine(Path.GetDirectoryName(_path)!, url));
    }
}
