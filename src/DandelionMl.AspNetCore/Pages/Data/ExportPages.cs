using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Pages.Shared;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.Catalog;
using DandelionMl.Labels;
using DandelionMl.Photos;
using DandelionMl.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Data;

/// <summary><c>/data/export.csv</c> and <c>/data/export.zip</c>: the photos that a search finds, or of the latter those that are chosen, with the
/// labels that they have now. As they are read from the stores, so that many take little memory.</summary>
internal static class ExportPages
{
    private static readonly string[] _columns = ["id", "label", "state", "file", "source", "fileName", "sha256", "bytes", "addedAt", "predictedLabel"];

    private static readonly SearchValues<char> _notInNames = SearchValues.Create("/\\:*?\"<>|");

    public static void MapExports(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/data/export.csv", WriteCsvAsync).LimitTime(null);
        pages.MapGet("/data/export.zip", WriteFoundAsync).LimitTime(null);
        pages.MapPost("/data/export.zip", WriteChosenAsync).LimitTime(null).LimitBody(BulkForms.MaxForm);
    }

    private static async Task WriteCsvAsync(HttpContext context, PhotoSearch search, CancellationToken cancellationToken)
    {
        var writer = Csv.Begin(context.Response, "photos.csv");
        await using var writerLifetime = writer.ConfigureAwait(false);
        await Csv.WriteRowAsync(writer, _columns).ConfigureAwait(false);
        await foreach (var photo in FindAsync(context, search, cancellationToken).ConfigureAwait(false))
        {
            await Csv.WriteRowAsync(writer, Row(photo, FileOf(photo))).ConfigureAwait(false);
        }
    }

    private static Task WriteFoundAsync(HttpContext context, PhotoSearch search, IImageStore store, CancellationToken cancellationToken) =>
        WriteZipAsync(context, FindAsync(context, search, cancellationToken), store, cancellationToken);

    private static async Task<IResult> WriteChosenAsync(
        [FromForm] long[]? id,
        PhotoSearch search,
        IImageStore store,
        [FromServices] IStringLocalizer<Texts> text,
        HttpContext context,
        CancellationToken cancellationToken)
    {
        var photos = await search.FindAllAsync(id ?? [], cancellationToken).ConfigureAwait(false);
        if (photos.Count == 0)
        {
            return await DataPages.RenderListAsync(context, new RefusedChange(text["Bulk.NoneChosen"], [], null, null)).ConfigureAwait(false);
        }

        await WriteZipAsync(context, photos.ToAsyncEnumerable(), store, cancellationToken).ConfigureAwait(false);
        return Results.Empty;
    }

    /// <summary>A folder for each label, as an ingestion takes them, and the table of all.</summary>
    private static async Task WriteZipAsync(HttpContext context, IAsyncEnumerable<Photo> photos, IImageStore store, CancellationToken cancellationToken)
    {
        Csv.Name(context.Response, "application/zip", "photos.zip");

        // An archive writes some of its headers synchronously, even when it is asked not to.
        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        var archive = await ZipArchive.CreateAsync(
            context.Response.Body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken).ConfigureAwait(false);
        await using var archiveLifetime = archive.ConfigureAwait(false);
        var table = new StringWriter(CultureInfo.InvariantCulture);
        await Csv.WriteRowAsync(table, _columns).ConfigureAwait(false);
        await foreach (var photo in photos.ConfigureAwait(false))
        {
            var file = FileOf(photo);
            if (file is not null && await ReadAsync(store, photo, cancellationToken).ConfigureAwait(false) is { } bytes)
            {
                await AddAsync(archive, file, bytes, CompressionLevel.NoCompression, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                file = null;
            }

            await Csv.WriteRowAsync(table, Row(photo, file)).ConfigureAwait(false);
        }

        await AddAsync(archive, "photos.csv", Encoding.UTF8.GetBytes(table.ToString()), CompressionLevel.Optimal, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Null for a photo whose file is lost or damaged in the store: the others are exported all the same.</returns>
    private static async Task<byte[]?> ReadAsync(IImageStore store, Photo photo, CancellationToken cancellationToken)
    {
        var content = photo.Image.Content!;
        try
        {
            return await store.ReadVerifiedAsync(content.Key, content.Sha256, cancellationToken).ConfigureAwait(false);
        }
        catch (DandelionMlException exception) when (exception is ObjectNotFoundException or ObjectCorruptedException)
        {
            return null;
        }
    }

    private static async Task AddAsync(ZipArchive archive, string name, ReadOnlyMemory<byte> bytes, CompressionLevel level, CancellationToken cancellationToken)
    {
        var file = await archive.CreateEntry(name, level).OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var fileLifetime = file.ConfigureAwait(false);
        await file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    private static IAsyncEnumerable<Photo> FindAsync(HttpContext context, PhotoSearch search, CancellationToken cancellationToken)
    {
        var query = DataAddress.Read(context.Request.Query);
        return search.StreamAsync(query.ToFilter(), query.Order, cancellationToken);
    }

    private static string?[] Row(Photo photo, string? file) =>
    [
        photo.Image.Id.ToString(CultureInfo.InvariantCulture),
        photo.Image.Label,
        photo.Image.State.ToString().ToLowerInvariant(),
        file,
        photo.Image.UrlSource,
        Csv.WithoutFormula(photo.Upload?.FileName),
        photo.Image.Content?.Sha256,
        photo.Image.Content?.Size.ToString(CultureInfo.InvariantCulture),
        photo.Image.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
        photo.Upload?.PredictedLabel,
    ];

    /// <summary>Where the archive has a photo; null for one without bytes of its own. A photo that a reviewer refused is under no label.</summary>
    private static string? FileOf(Photo photo) => photo.Image is { Content: { } content, State: not ImageState.Duplicate }
        ? $"{(photo.Image.State is ImageState.Stored or ImageState.Validated ? Folder(photo.Image.Label) : $"_{photo.Image.State.ToString().ToLowerInvariant()}")}/{content.Sha256}{Path.GetExtension(content.Key)}"
        : null;

    /// <summary>A label that every file system takes as a folder's name stands for itself.</summary>
    private static string Folder(string label) =>
        label.AsSpan().IndexOfAny(_notInNames) < 0 && label.Trim(' ', '.') == label && label[0] != '_' ? label : LabelSegment.Encode(label);
}
