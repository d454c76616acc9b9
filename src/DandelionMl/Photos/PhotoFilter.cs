using System.Diagnostics.CodeAnalysis;
using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.Labels;

namespace DandelionMl.Photos;

/// <summary>Conditions of a photo search; a photo must meet all that are set. None by default.</summary>
[Experimental(DandelionMlExperiments.Curation)]
public sealed record PhotoFilter
{
    private const int MaxSourceCharacters = 200;

    /// <summary>Of the photos, those that are here: not those whose files are still to be fetched, or were erased.</summary>
    internal const string Came = $"p.state NOT IN ('{ImageStateText.Registered}', '{ImageStateText.Erased}')";

    /// <summary>The label, exactly.</summary>
    public string? Label { get; init; }

    /// <summary>The state.</summary>
    public ImageState? State { get; init; }

    /// <summary>Whether a user sent the photo, or not; null, the default, for both.</summary>
    public bool? IsUpload { get; init; }

    /// <summary>A part of where the photo came from, or of what its sender called it, whatever the case of its ASCII letters. Cut off
    /// after 200 characters.</summary>
    public string? Source { get; init; }

    /// <summary>The first moment at which the photo may have come into the catalog.</summary>
    public DateTimeOffset? AddedFrom { get; init; }

    /// <summary>The moment before which the photo came into the catalog.</summary>
    public DateTimeOffset? AddedBefore { get; init; }

    /// <summary>Whether photos whose files are still to be fetched, or were erased, are left out, unless <see cref="State"/> asks for them.</summary>
    internal bool IsHere { get; init; }

    /// <summary>The conditions on tables <c>p</c> and <c>u</c> after <c>WHERE</c>, with the parameters of <see cref="Parameters"/>.</summary>
    /// <param name="place">A further one, on the place; null for none.</param>
    internal string Where(string? place = null) =>
        string.Join(" AND ", Conditions().Append(place).OfType<string>()) is { Length: > 0 } conditions ? $"WHERE {conditions}" : "";

    /// <summary>The parameters; those of conditions that are not given are not used.</summary>
    /// <param name="place">The place that what is looked for follows.</param>
    /// <param name="count">The most to find.</param>
    internal SqlParameters Parameters(PhotoPlace? place = null, int count = 0) =>
    [
        ("label", Label),
        ("state", State is { } state ? ImageStateText.Of(state) : null),
        ("pattern", SourcePattern),
        ("from", AddedFrom?.ToUniversalTime()),
        ("until", AddedBefore?.ToUniversalTime()),
        ("place_id", place?.Id),
        ("place_label", place?.Label),
        ("place_state", place is null ? null : ImageStateText.Of(place.State)),
        ("count", count),
    ];

    /// <summary>The tables that the conditions are on.</summary>
    internal string Tables => IsUpload == true ? PhotoRows.Uploads : PhotoRows.All;

    /// <exception cref="InvalidLabelException">The label can't be one.</exception>
    internal void Check()
    {
        if (Label is not null)
        {
            ImageLabel.Check(Label);
        }
    }

    private string? SourcePattern => PlainText.Clean(Source, MaxSourceCharacters) is { } text
        ? $"%{text.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal)}%"
        : null;

    private IEnumerable<string> Conditions()
    {
        if (Label is not null)
        {
            yield return "p.label = @label";
        }

        if (State is not null)
        {
            yield return "p.state = @state";
        }

        if (IsHere && State is null)
        {
            yield return Came;
        }

        if (IsUpload == false)
        {
            yield return "u.image_id IS NULL";
        }

        if (SourcePattern is not null)
        {
            yield return "(LOWER(p.url_source) LIKE LOWER(@pattern) ESCAPE '!' OR LOWER(u.file_name) LIKE LOWER(@pattern) ESCAPE '!')";
        }

        if (AddedFrom is not null)
        {
            yield return "p.created_at >= @from";
        }

        if (AddedBefore is not null)
        {
            yield return "p.created_at < @until";
        }
    }
}
