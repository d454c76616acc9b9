using DandelionMl.Backbones;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>The licence of a backbone's weights, as whoever added it stated it.</summary>
internal static class BackboneLicense
{
    /// <summary>SPDX's word for a licence that nobody has stated.</summary>
    private const string Unknown = "NOASSERTION";

    /// <summary>Its SPDX id.</summary>
    /// <returns>The id; null where none was stated, or the application does not have the backbone any more.</returns>
    public static string? Of(IBackboneProvider backbones, string id) =>
        backbones.Available.FirstOrDefault(backbone => backbone.Id == id)?.License is { Length: > 0 } license && license != Unknown
            ? license
            : null;
}
