using System.Text.Json;
using System.Text.Json.Serialization;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.Hosting;
using DandelionMl.Imaging;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Puts the HTTP API together.</summary>
internal static class ApiSetup
{
    private static readonly IReadOnlyList<Type> _frameworkTypes =
    [
        typeof(IOptions<JsonOptions>),
        typeof(IOptions<RouteHandlerOptions>),
        typeof(IProblemDetailsService),
        typeof(HealthCheckService),
    ];

    public static void AddDandelionApi(this IServiceCollection services)
    {
        services.AddSingleton(new FrameworkPart(_frameworkTypes, AddFramework));
        services.TryAddSingleton<ErrorAnswers>();
        services.TryAddSingleton<ReadinessLog>();
        services.TryAddSingleton<RemoteRuns>();
        services.TryAddSingleton<KnownLabels>();
        services.AddOpenApi(ApiDescription.DocumentName, ApiDescription.Configure);
    }

    public static void MapDandelionApi(this IEndpointRouteBuilder routes)
    {
        routes.MapDescription();
        routes.MapHome();
        routes.MapHealth();
        routes.MapPredict();
        routes.MapSession();
        routes.MapModels();
        routes.MapComparison();
        routes.MapShadow();
        routes.MapTestPhotoPlan();
        routes.MapCheckDuplicate();
        routes.MapUploads();
        routes.MapReview();
        routes.MapImages();
        routes.MapPhotos();
        routes.MapCuration();
        routes.MapErasures();
        routes.MapSuggestions();
        routes.MapClasses();
        routes.MapLabels();
        routes.MapPipelines();
        routes.MapRetraining();
        routes.MapDrift();
        routes.MapLiveAccuracy();
        routes.MapServedDays();
        routes.MapLearningCurve();
    }

    private static void AddFramework(IServiceCollection own, IServiceProvider application)
    {
        own.AddProblemDetails(problems => problems.CustomizeProblemDetails = context => context.ProblemDetails.Detail ??= Explain(context, application));

        // A request that can't be bound is answered as other errors are, with its reason.
        own.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        own.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false)));
        own.AddResponseCompression(options => (options.EnableForHttps, options.MimeTypes) = (true, ["application/json"]));
        own.AddHealthChecks()
            .Add(Check<ModelHealthCheck>("model", application))
            .Add(Check<DatabaseHealthCheck>("database", application))
            .Add(Check<StoreHealthCheck>("store", application));
    }

    private static HealthCheckRegistration Check<TCheck>(string name, IServiceProvider application)
        where TCheck : class, IHealthCheck =>
        new(name, _ => ActivatorUtilities.CreateInstance<TCheck>(application), failureStatus: null, [ModelHealthCheck.ReadyTag]);

    private static string? Explain(ProblemDetailsContext context, IServiceProvider application) => context.ProblemDetails.Status switch
    {
        StatusCodes.Status413PayloadTooLarge =>
            ExplainTooLarge(context.HttpContext.GetEndpoint()?.Metadata, application.GetRequiredService<IOptions<DandelionMlOptions>>().Value.Images),
        StatusCodes.Status415UnsupportedMediaType =>
            $"Send a photo as multipart/form-data, in the field 'file'; for other requests see {Mount.RootOf(context.HttpContext)}/scalar.",
        _ => null,
    };

    private static string ExplainTooLarge(EndpointMetadataCollection? endpoint, ImageLimits images) => endpoint?.GetMetadata<PhotoForm>() switch
    {
        { } form when form.MaxBytes > images.MaxBytes => $"The limit for all photos together is {ReadableLimits.Megabytes(form.MaxBytes)} MB.",
        null when endpoint?.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize is { } most => $"The limit for the request body is {most} bytes.",
        _ => $"The limit for a photo is {images.MaxBytes} bytes.",
    };
}
