using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace DandelionMl.Catalog.Ingestion.Exports;

/// <summary>A data set that another tool has exported to a JSON file, or to one of JSON lines.</summary>
/// <param name="path">The file.</param>
/// <param name="format">Its format.</param>
internal sealed class ExportDataset(string path, ExportFormat format) : IItemDataset, IListedSources
{
    // Far above a million images; what is larger would fill the memory.
    private const long MaxBytes = 1L << 30;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path = Path.GetFullPath(path);

    /// <summary>The formats, in the order in which a file is tried.</summary>
    public static IReadOnlyList<ExportFormat> Formats { get; } =
        [new LabelStudioFormat(), new CocoFormat(), new FiftyOneFormat(), new CustomVisionFormat(), new RecordsFormat()];

    /// <inheritdoc/>
    public string Name => _path;

    /// <summary>The format of a file.</summary>
    /// <exception cref="InvalidDatasetException">The file can't be read.</exception>
    /// <returns>Null if it is none of them.</returns>
    public static ExportFormat? Recognise(string path)
    {
        using var document = Parse(path);
        return Formats.FirstOrDefault(format => format.IsOf(document.RootElement));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ManifestEntry> ReadAsync(CancellationToken cancellationToken = default) =>
        ((IItemDataset)this).ReadItemsAsync(cancellationToken).Where(item => item.Entry is not null).Select(item => item.Entry!);

    async IAsyncEnumerable<DatasetItem> IItemDataset.ReadItemsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        using var document = Parse(_path);
        if (!format.IsOf(document.RootElement))
        {
            throw new InvalidDatasetException($"'{_path}' is not an export of {format.Tool} (format '{format.Id}').");
        }

        yield return new DatasetItem(Remark: $"Read '{_path}' as {format.Tool}'s (format '{format.Id}').");
        var unlabelled = 0;
        foreach (var (source, labels, failure) in format.Read(document.RootElement, new ExportFiles(Path.GetDirectoryName(_path)!)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var distinct = labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            if (failure is not null || distinct.Count > 1)
            {
                var reason = failure ?? $"It has {distinct.Count} labels: {string.Join(", ", distinct)}. One is accepted.";
                yield return new DatasetItem(Failure: new IngestionFailure(source, reason));
            }
            else if (distinct is [var label])
            {
                yield return new DatasetItem(new ManifestEntry(source, label));
            }
            else
            {
                unlabelled++;
            }
        }

        if (unlabelled > 0)
        {
            yield return new DatasetItem(Remark: $"Left out {(unlabelled == 1 ? "1 image" : $"{unlabelled} images")} without a label.");
        }
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            var file = LocalFile.Find(path) ?? throw new InvalidDatasetException($"There is no file '{path}'.");
            if (file.Length > MaxBytes)
            {
                throw new InvalidDatasetException($"'{path}' has {file.Length} bytes; up to {MaxBytes} are read.");
            }

            if (file.Length == 0)
            {
                throw new InvalidDatasetException($"'{path}' can't be read: {LocalFile.NoContent}");
            }

            var bytes = File.ReadAllBytes(path);
            return path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)
                ? ParseLines(bytes)
                : JsonDocument.Parse(bytes.AsMemory(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0));
        }
        catch (JsonException exception)
        {
            throw new InvalidDatasetException($"'{path}' is not valid JSON: {exception.Message}", exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDatasetException($"'{path}' is not in UTF-8.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDatasetException($"'{path}' can't be read: {exception.Message}", exception);
        }
    }

    /// <summary>An object on each line, as one list.</summary>
    private static JsonDocument ParseLines(byte[] bytes)
    {
        var lines = StrictUtf8.GetString(bytes).TrimStart('\uFEFF').Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return JsonDocument.Parse($"[{string.Join(",\n", lines)}]");
    }
}
