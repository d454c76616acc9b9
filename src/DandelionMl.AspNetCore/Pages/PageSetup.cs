using System.Text.Encodings.Web;
using System.Text.Unicode;
using DandelionMl.AspNetCore.Pages.Data;
using DandelionMl.AspNetCore.Pages.Errors;
using DandelionMl.AspNetCore.Pages.Models;
using DandelionMl.AspNetCore.Pages.Pipelines;
using DandelionMl.AspNetCore.Pages.Preferences;
using DandelionMl.AspNetCore.Pages.Predict;
using DandelionMl.AspNetCore.Pages.Review;
using DandelionMl.AspNetCore.Pages.SignIn;
using Microsoft.Extensions.WebEncoders;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>Puts the web pages together.</summary>
internal static class PageSetup
{
    public static IServiceCollection AddDandelionPages(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddLocalization();
        services.AddOptions<PageOptions>().Bind(configuration.GetSection(PageOptions.SectionName)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<PageAssets>();
        services.AddSingleton<TrainingPhotoPictures>();
        services.AddScoped<PhotoResults>();
        services.AddSingleton<Familiarity>();
        services.AddSingleton<PhotoExaminer>();
        services.AddSingleton<KnownLabels>();
        services.AddSingleton<IProblemDetailsWriter, ProblemPageWriter>();

        // Letters of all languages as they are, not as numbers; what could be markup is encoded all the same.
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        return services;
    }

    /// <summary>What stands before errors are caught, so that they are told in the reader's language, too.</summary>
    public static void UseDandelionPages(this WebApplication application) => application.UseWhen(
        context => !context.Request.Path.StartsWithSegments("/api"), pages => pages.UseRequestLocalization(Languages.Configure));

    public static void MapDandelionPages(this IEndpointRouteBuilder routes)
    {
        routes.MapPageFiles();
        routes.MapPreferences();
        routes.MapSignInPages();
        routes.MapPredictPages();
        routes.MapTrainingPhotos();
        routes.MapReviewPages();
        routes.MapModelPages();
        routes.MapPipelinePages();
        routes.MapDataPages();
    }
}
