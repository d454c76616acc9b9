using System.Globalization;
using DandelionMl.Catalog;
using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Pages.Shared;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Data;

/// <summary>What is looked for, as the address of the page has it: a form that is sent leaves fields empty, and a person may write
/// anything; what can't be read is no condition.</summary>
internal static class DataAddress
{
    private const string Path = "data";

    public static DataQuery Read(IQueryCollection query) => new(
        new PhotoQuery(
            Text(query, "label"),
            Choice<ImageState>.TryParse(query["state"], null, out var state) ? state : null,
            Text(query, "source"),
            FormDay.Read(query, "from"),
            FormDay.Read(query, "to")),
        Choice<PhotoOrder>.TryParse(query["sort"], null, out var order) ? order.Value : PhotoOrder.Newest,
        Place(query));

    /// <summary>The address at which a query is answered.</summary>
    public static string Of(DataQuery query) => At(Path, query);

    /// <inheritdoc cref="Of(DataQuery)"/>
    public static string Of(PhotoQuery query) => Of(new DataQuery(query));

    /// <summary>The address of a photo's page.</summary>
    /// <param name="imageId">The photo.</param>
    /// <param name="query">The search that found it; null for none.</param>
    public static string OfPhoto(long imageId, DataQuery? query = null) =>
        At($"{Path}/{imageId.ToString(CultureInfo.InvariantCulture)}", (query ?? new DataQuery(new PhotoQuery())) with { After = null });

    /// <summary>The address of something else that is done with what a query finds.</summary>
    public static string At(string path, DataQuery query)
    {
        var (photos, order, after) = query;
        var fields = new Dictionary<string, string?>
        {
            ["label"] = photos.Label,
            ["state"] = photos.State?.Value.ToString(),
            ["source"] = photos.Source,
            ["from"] = FormDay.Show(photos.From),
            ["to"] = FormDay.Show(photos.To),
            ["sort"] = order == PhotoOrder.Newest ? null : order.ToString(),
            ["after"] = after?.Id.ToString(CultureInfo.InvariantCulture),
            ["afterLabel"] = order == PhotoOrder.Label ? after?.Label : null,
            ["afterState"] = order is PhotoOrder.Label or PhotoOrder.State ? after?.State.ToString() : null,
        };
        return path + QueryString.Create(fields.Where(field => field.Value is not null));
    }

    /// <summary>The address of the photos of a label and a state.</summary>
    public static string Of(string? label, ImageState? state) =>
        Of(new PhotoQuery(label, state is { } given ? new Choice<ImageState>(given) : null));

    private static PhotoPlace? Place(IQueryCollection query) => long.TryParse(query["after"], CultureInfo.InvariantCulture, out var id)
        ? new PhotoPlace(id, query["afterLabel"].ToString(), Choice<ImageState>.TryParse(query["afterState"], null, out var state) ? state.Value : default)
        : null;

    private static string? Text(IQueryCollection query, string name) =>
        query[name].ToString().Trim() is { Length: > 0 } text ? text : null;
}
