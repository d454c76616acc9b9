using System.Globalization;
using DandelionMl.Catalog;
using DandelionMl.AspNetCore.Api;

namespace DandelionMl.AspNetCore.Pages.Data;

/// <summary>What is looked for, as the address of the page has it: a form that is sent leaves fields empty, and a person may write
/// anything; what can't be read is no condition.</summary>
internal static class DataAddress
{
    private const string Path = "data";

    public static PhotoQuery Read(IQueryCollection query) => new(
        Text(query, "label"),
        Choice<ImageState>.TryParse(query["state"], null, out var state) ? state : null,
        Text(query, "source"),
        Day(query, "from"),
        Day(query, "to"),
        long.TryParse(query["before"], CultureInfo.InvariantCulture, out var before) ? before : null);

    /// <summary>The address at which a query is answered.</summary>
    public static string Of(PhotoQuery query) => At(Path, query);

    /// <summary>The address of a photo's page.</summary>
    /// <param name="imageId">The photo.</param>
    /// <param name="query">The search that found it; null for none.</param>
    public static string OfPhoto(long imageId, PhotoQuery? query = null) =>
        At($"{Path}/{imageId.ToString(CultureInfo.InvariantCulture)}", (query ?? new PhotoQuery()) with { Before = null });

    /// <summary>The address of something else that is done with what a query finds.</summary>
    public static string At(string path, PhotoQuery query)
    {
        var fields = new Dictionary<string, string?>
        {
            ["label"] = query.Label,
            ["state"] = query.State?.Value.ToString(),
            ["source"] = query.Source,
            ["from"] = Show(query.From),
            ["to"] = Show(query.To),
            ["before"] = query.Before?.ToString(CultureInfo.InvariantCulture),
        };
        return path + QueryString.Create(fields.Where(field => field.Value is not null));
    }

    /// <summary>The address of the photos of a label and a state.</summary>
    public static string Of(string? label, ImageState? state) =>
        Of(new PhotoQuery(label, state is { } given ? new Choice<ImageState>(given) : null));

    /// <summary>A day as a form writes it.</summary>
    public static string? Show(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? Text(IQueryCollection query, string name) =>
        query[name].ToString().Trim() is { Length: > 0 } text ? text : null;

    private static DateOnly? Day(IQueryCollection query, string name) =>
        DateOnly.TryParseExact(query[name], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
