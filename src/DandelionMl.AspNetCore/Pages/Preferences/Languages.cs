using System.Globalization;
using Microsoft.AspNetCore.Localization;

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

    public static void Configure(RequestLocalizationOptions options)
    {
        var cultures = All.Select(CultureInfo.GetCultureInfo).ToList();
        options.DefaultRequestCulture = new RequestCulture(cultures[0]);
        (options.SupportedCultures, options.SupportedUICultures) = (cultures, cultures);
        options.ApplyCurrentCultureToResponseHeaders = true;
        options.RequestCultureProviders =
        [
            new CustomRequestCultureProvider(context => Task.FromResult(
                context.Request.Cookies[Cookie] is { } chosen && All.Contains(chosen) ? new ProviderCultureResult(chosen) : null)),
            new AcceptLanguageHeaderRequestCultureProvider { Options = options },
        ];
    }
}
