using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Pages.Preferences;

/// <summary>The languages of the pages: the reader's choice in a cookie, else what the browser asks for, else English.</summary>
internal static class Languages
{
    public const string Cookie = "dandelion-language";

    /// <summary>Each by its code.</summary>
    public static IReadOnlyList<string> All { get; } = ["en", "fr"];

    /// <summary>What a language calls itself.</summary>
    public static string NameOf(string language) => language switch
    {
        "en" => "English",
        "fr" => "Français",
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "There are no texts in this language."),
    };

    /// <summary>Speaks a request's language until the method that calls this returns, and says so in the answer.</summary>
    public static void Speak(HttpContext context)
    {
        var culture = Choose(context.Request);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
        context.Response.Headers.ContentLanguage = culture.Name;
    }

    private static CultureInfo Choose(HttpRequest request) => Find(
        request.Cookies[Cookie] is { } chosen && All.Contains(chosen)
            ? chosen
            : request.GetTypedHeaders().AcceptLanguage
                .OrderByDescending(language => language, StringWithQualityHeaderValueComparer.QualityComparer)
                .Select(language => language.Value.Value?.Split('-')[0])
                .FirstOrDefault(language => language is not null && All.Contains(language)) ?? All[0]);

    // An application that goes without other cultures speaks English.
    private static CultureInfo Find(string language)
    {
        try
        {
            return CultureInfo.GetCultureInfo(language);
        }
        catch (CultureNotFoundException)
        {
            return CultureInfo.InvariantCulture;
        }
    }
}
