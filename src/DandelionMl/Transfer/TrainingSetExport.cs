using System.Text;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Transfer;

/// <summary>Writes the training set into a folder that this and other tools read: the photos by label, and <c>metadata.csv</c> with each one's
/// file, label, side of the champion's split, SHA-256 and source. It can be cut off at any time and run again.</summary>
/// <remarks>The layout of Hugging Face's image folders, https://huggingface.co/docs/datasets/image_dataset.</remarks>
internal sealed class TrainingSetExport(IImageCatalog catalog, IImageStore store, IModelRegistry registry)
{
    /// <summary>The list of the photos; written last, so that where it is, all is there.</summary>
    public const string Metadata = "metadata.csv";

    private const string Unfinished = Metadata + ".part";
    private const int AtOnce = 8;

    /// <summary>Writes what is not there yet.</summary>
    /// <param name="folder">An empty folder, one that is not there, or one that an export began.</param>
    /// <param name="progress">Receives the number of photos done.</param>
    /// <param name="cancellationToken">Cancels it; the next one goes on from there.</param>
    /// <exception cref="TransferException">The folder holds something else, or can't be written to.</exception>
    public async Task<ExportReport> RunAsync(string folder, IProgress<ItemProgress>? progress, CancellationToken cancellationToken)
    {
        folder = Path.GetFullPath(folder);
        try
        {
            Prepare(folder);
            return await WriteAsync(folder, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TransferException($"The export to '{folder}' can't be written: {exception.Message}", exception);
        }
    }

    private async Task<ExportReport> WriteAsync(string folder, IProgress<ItemProgress>? progress, CancellationToken cancellationToken)
    {
        var images = await catalog.ListAsync(ImageState.Stored, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        var files = images.ConvertAll(image => new ExportedPhoto(image, PathOf(image)));
        files.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        var champion = await registry.GetChampionAsync(cancellationToken).ConfigureAwait(false);
        var splits = champion is null ? [] : (await registry.LoadManifestAsync(champion.Version, cancellationToken).ConfigureAwait(false)).Images
            .ToDictionary(image => image.Sha256, image => image.Split, StringComparer.Ordinal);

        var (written, done, failures) = (0, 0, new IngestionFailure?[files.Count]);
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, files.Count, limit, async (index, token) =>
        {
            try
            {
                if (await WriteAsync(folder, files[index], token).ConfigureAwait(false))
                {
                    Interlocked.Increment(ref written);
                }
            }
            catch (Exception exception) when (exception is ObjectNotFoundException or ObjectCorruptedException)
            {
                failures[index] = new IngestionFailure(ImageSource.Display(files[index].Image.UrlSource), exception.Message);
            }

            progress?.Report(new ItemProgress(Interlocked.Increment(ref done), files.Count));
        }).ConfigureAwait(false);

        var whole = files.Where((_, index) => failures[index] is null).ToList();
        await WriteMetadataAsync(folder, whole, splits, cancellationToken).ConfigureAwait(false);
        return new ExportReport(
            folder, whole.Count, written, whole.Select(photo => photo.Image.Label).Distinct(StringComparer.Ordinal).Count(), champion?.Version,
            [.. failures.OfType<IngestionFailure>()], CountOthers(folder, whole));
    }

    private static void Prepare(string folder)
    {
        Directory.CreateDirectory(folder);
        var (metadata, unfinished) = (Path.Combine(folder, Metadata), Path.Combine(folder, Unfinished));
        if (Directory.EnumerateFileSystemEntries(folder).Any() && !File.Exists(metadata) && !File.Exists(unfinished))
        {
            throw new TransferException($"'{folder}' holds something else: name an empty folder, or one that an export has begun.");
        }

        // A list of before is none of what is there from now on.
        File.WriteAllText(unfinished, "");
        File.Delete(metadata);
    }

    /// <returns>Whether it was not there yet.</returns>
    private async Task<bool> WriteAsync(string folder, ExportedPhoto photo, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, photo.Path);
        var content = photo.Image.Content!;
        if (new FileInfo(path) is { Exists: true } file && file.Length == content.Size
            && ContentHash.Of(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)) == content.Sha256)
        {
            return false;
        }

        var bytes = await store.ReadVerifiedAsync(content.Key, content.Sha256, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path + ".part", bytes, cancellationToken).ConfigureAwait(false);
        File.Move(path + ".part", path, overwrite: true);
        return true;
    }

    private static async Task WriteMetadataAsync(
        string folder, List<ExportedPhoto> photos, Dictionary<string, DataSplit> splits, CancellationToken cancellationToken)
    {
        var unfinished = Path.Combine(folder, Unfinished);
        var text = new StreamWriter(unfinished, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        await using (text.ConfigureAwait(false))
        {
            await text.WriteAsync("file_name,label,split,sha256,source\n").ConfigureAwait(false);
            foreach (var (image, path) in photos)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var split = splits.TryGetValue(image.Content!.Sha256, out var side) ? side == DataSplit.Train ? "train" : "test" : "";
                await text.WriteAsync($"{Field(path)},{Field(image.Label)},{split},{image.Content.Sha256},{Field(image.UrlSource)}\n").ConfigureAwait(false);
            }
        }

        File.Move(unfinished, Path.Combine(folder, Metadata), overwrite: true);
    }

    /// <summary>Files of earlier exports whose photos are no longer in the training set, and what else lies there.</summary>
    private static int CountOthers(string folder, List<ExportedPhoto> photos)
    {
        var known = photos.Select(photo => Path.Combine(folder, photo.Path)).Append(Path.Combine(folder, Metadata)).ToHashSet(StringComparer.Ordinal);
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count(file => !known.Contains(file));
    }

    // As the store keeps it: by the label, written so that every file system takes it, and the hash.
    private static string PathOf(CatalogImage image) =>
        image.Content!.Key.StartsWith(StorageKeys.RawPrefix, StringComparison.Ordinal) ? image.Content.Key[StorageKeys.RawPrefix.Length..] : image.Content.Key;

    private static string Field(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private readonly record struct ExportedPhoto(CatalogImage Image, string Path);
}

/// <summary>What an export gave.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Photos">Photos in it.</param>
/// <param name="Written">Those of them that were not there before.</param>
/// <param name="Labels">Number of labels.</param>
/// <param name="Champion">The version whose split is told; null if there is none.</param>
/// <param name="Failures">Photos whose bytes are lost or damaged.</param>
/// <param name="OtherFiles">Files in the folder that are none of these; they are left alone.</param>
internal sealed record ExportReport(
    string Folder, int Photos, int Written, int Labels, int? Champion, IReadOnlyList<IngestionFailure> Failures, int OtherFiles);
