using System.Globalization;

namespace DandelionMl.AspNetCore.Pages.Shared;

/// <summary>Days as forms have them, in fields and addresses.</summary>
internal static class FormDay
{
    private const string Format = "yyyy-MM-dd";

    /// <summary>A day as a form writes it.</summary>
    public static string? Show(DateOnly? day) => day?.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The day that an address has under a name; null where it has none.</summary>
    public static DateOnly? Read(IQueryCollection query, string name) =>
        DateOnly.TryParseExact(query[name], Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
