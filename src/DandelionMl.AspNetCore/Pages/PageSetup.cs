using System.Text.Encodings.Web;
using System.Text.Unicode;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Pages.Data;
using DandelionMl.AspNetCore.Pages.Erasure;
using DandelionMl.AspNetCore.Pages.Errors;
using DandelionMl.AspNetCore.Pages.Home;
using DandelionMl.AspNetCore.Pages.Layout;
using DandelionMl.AspNetCore.Pages.Models;
using DandelionMl.AspNetCore.Pages.Monitoring;
using DandelionMl.AspNetCore.Pages.Pipelines;
using DandelionMl.AspNetCore.Pages.Predict;
using DandelionMl.AspNetCore.Pages.Preferences;
using DandelionMl.AspNetCore.Pages.Review;
using DandelionMl.AspNetCore.Pages.Settings;
using DandelionMl.AspNetCore.Pages.SignIn;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Data;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>Puts the web pages together.</summary>
internal static class PageSetup
{
    private static readonly IReadOnlyList<Type> _frameworkTypes =
    [
        typeof(HtmlEncoder),
        typeof(IStringLocalizer<Texts>),
        typeof(AntiforgeryStateProvider),
        typeof(IJSRuntime),
    ];

    public static void AddDandelionPages(this IServiceCollection services)
    {
        services.AddSingleton(new FrameworkPart(_frameworkTypes, AddFramework));
        services.AddHttpContextAccessor();
        services.TryAddSingleton<PageAssets>();
        services.TryAddSingleton<TrainingPhotoAddresses>();
        services.TryAddSingleton<TrainingPhotoPictures>();
        services.TryAddSingleton<PhotoPresenter>();
        services.TryAddSingleton(application => WaitingPhotos.Of(
            application.GetRequiredService<ReviewDesk>(), application.GetRequiredService<DatabaseCheck>(), application.GetRequiredService<TimeProvider>()));
        services.TryAddScoped<PhotoResults>();
        services.TryAddScoped<PageAddress>();
    }

    public static void MapDandelionPages(this IEndpointRouteBuilder routes)
    {
        routes.MapPublicPages().MapPage<HomePage>("").WithMetadata(new HomePageRoute());
        routes.MapPageFiles();
        routes.MapWebManifest();
        routes.MapPreferences();
        routes.MapSignInPages();
        routes.MapPredictPages();
        routes.MapSuggestionPages();
        routes.MapTrainingPhotos();
        routes.MapErasurePages();
        routes.MapReviewPages();
        routes.MapModelPages();
        routes.MapPipelinePages();
        routes.MapDataPages();
        routes.MapMonitoringPages();
        routes.MapSettingsPages();
    }

    private static void AddFramework(IServiceCollection own, IServiceProvider application)
    {
        own.AddLocalization();
        // First: the framework's own writer answers all that accept anything, as browsers do.
        own.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, ProblemPageWriter>());
        own.AddSingleton<IJSRuntime, NoScripts>();
        own.AddSingleton<AntiforgeryStateProvider>(_ => new PageAntiforgery(
            application.GetRequiredService<IHttpContextAccessor>(), application.GetRequiredService<CookieAntiforgery>()));

        // Letters of all languages as they are, not as numbers; what could be markup is encoded all the same.
        own.AddWebEncoders(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
    }
}
