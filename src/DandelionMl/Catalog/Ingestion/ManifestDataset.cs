using System.Runtime.CompilerServices;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>A file of comma-separated values (RFC 4180, UTF-8) with a line for each image, in the order of its lines; a semicolon or a tab
/// may be in the comma's place. The first line names the columns: one of the source (<c>url</c>, <c>path</c>, <c>filename</c>,
/// <c>image</c> …), one of the label (<c>label</c>, <c>class</c>, <c>category</c> …); others are skipped. Without such a line there are two
/// columns, source and label. A source is an absolute <c>http</c>, <c>https</c> or <c>file</c> URI, or a path, taken from the folder of the
/// file if it is relative.</summary>
/// <remarks>A manifest may name any file that the process may read and any address that it can reach: take manifests only from people
/// who may do both.</remarks>
public sealed class ManifestDataset : IDataset, IListedSources
{
    // More than any header: a file that is none must not fill the memory.
    private const int MaxFirstLine = 64 * 1024;

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

    /// <summary>Whether the first line of a file names a column of sources and one of labels.</summary>
    internal static bool HasHeader(string path)
    {
        var manifest = new ManifestDataset(path);
        using var text = manifest.Open(out var first);
        return manifest.ReadRecords(first, text).Columns.HasHeader;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        using var text = Open(out var first);
        var (columns, records) = ReadRecords(first, text);
        foreach (var (line, fields) in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (fields.All(string.IsNullOrWhiteSpace))
            {
                continue;
            }

            var isWhole = columns.HasHeader
                ? fields.Count > Math.Max(columns.Source, columns.Label) && fields.Count <= columns.Count
                : fields.Count == columns.Count;
            if (!isWhole)
            {
                var found = fields.Count == 1 ? "1 field" : $"{fields.Count} fields";
                throw Refused(line, columns.HasHeader
                    ? $"{found} where the first line has {columns.Count}."
                    : $"{found} where url,label is expected. With more columns, name them in a first line, such as url,label.");
            }

            yield return new ManifestEntry(Source(fields[columns.Source].Trim()), fields[columns.Label].Trim());
        }
    }

    private (ManifestColumns Columns, IEnumerable<(int Line, IReadOnlyList<string> Fields)> Records) ReadRecords(
        string first, StreamReader text)
    {
        var start = first.TrimStart('\r', '\n');
        var end = start.AsSpan().IndexOfAny('\r', '\n');
        var columns = ManifestColumns.Of(end < 0 ? start : start[..end]);
        var records = Guard(new CsvReader(new PrefixedReader(first, text), columns.Separator).ReadRecords());
        return (columns, columns.HasHeader ? records.Skip(1) : records);
    }

    private IEnumerable<(int Line, IReadOnlyList<string> Fields)> Guard(IEnumerable<(int Line, IReadOnlyList<string> Fields)> records)
    {
        using var record = records.GetEnumerator();
        while (true)
        {
            try
            {
                if (!record.MoveNext())
                {
                    yield break;
                }
            }
            catch (InvalidDatasetException exception)
            {
                throw new InvalidDatasetException($"'{_path}': {exception.Message}", exception);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw Unreadable(exception);
            }

            yield return record.Current;
        }
    }

    /// <param name="first">The beginning, looked at before it is read: the first line tells the separator.</param>
    private StreamReader Open(out string first)
    {
        // A pipe is not opened: it would be waited for, and nobody may ever write to it.
        if (LocalFile.Find(_path) is { Length: 0 })
        {
            first = "";
            return StreamReader.Null;
        }

        StreamReader? text = null;
        try
        {
            text = new StreamReader(_path);
            var head = new char[MaxFirstLine];
            first = new string(head, 0, text.ReadBlock(head));
            return text;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            text?.Dispose();
            throw Unreadable(exception);
        }
    }

    private InvalidDatasetException Unreadable(Exception exception) =>
        new($"The manifest '{_path}' can't be read: {exception.Message}", exception);

    private InvalidDatasetException Refused(int line, string reason) => new($"'{_path}', line {line}: {reason}");

    private string Source(string url) => url.Length == 0 || ImageSource.HasScheme(url)
        ? url
        : ImageSource.OfFile(Path.Combine(Path.GetDirectoryName(_path)!, url));

    /// <summary>Reads what was read ahead, then the rest.</summary>
    private sealed class PrefixedReader(string prefix, TextReader rest) : TextReader
    {
        private int _read;

        public override int Peek() => _read < prefix.Length ? prefix[_read] : rest.Peek();

        public override int Read() => _read < prefix.Length ? prefix[_read++] : rest.Read();
    }
}
