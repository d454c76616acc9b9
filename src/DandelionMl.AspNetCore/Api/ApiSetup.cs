using System.Text.Json;
using System.Text.Json.Serialization;
using DandelionMl.AspNetCore.Pages;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Puts the HTTP API together.</summary>
internal static class ApiSetup
{
    /// <summary>Room for the multipart frame around a photo.</summary>
    private const int MultipartOverhead = 64 * 1024;

    public static IServiceCollection AddDandelionApi(this IServiceCollection services)
    {
        services.AddOpenApi(options =>
        {
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "DandelionMl";
                document.Info.Description = "Continuous training of image classifiers.";
                return Task.CompletedTask;
            });
            options.AddSecuritySchemes();
        });
        services.AddProblemDetails();
        services.AddOptions<ProblemDetailsOptions>().Configure<IOptions<DandelionMlOptions>>((problems, options) =>
            problems.CustomizeProblemDetails = context => context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
            {
                StatusCodes.Status413PayloadTooLarge =>
                    context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize is { } most
                        ? $"The body has at most {most} bytes."
                        : $"A photo has at most {options.Value.Images.MaxBytes} bytes.",
                StatusCodes.Status415UnsupportedMediaType =>
                    "Send a photo as multipart/form-data, in the field 'file'; anything else as /scalar says.",
                _ => null,
            });

        // A request that can't be bound is answered by the handler too, with its reason.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false)));
        services.AddSingleton<PhotoAnswers>();
        services.AddExceptionHandler<DandelionExceptionHandler>();
        services.AddHealthChecks()
            .AddCheck<ModelHealthCheck>("model", tags: [ModelHealthCheck.ReadyTag])
            .AddCheck<DatabaseHealthCheck>("database", tags: [ModelHealthCheck.ReadyTag]);

        // A body above the limit is refused while it comes in; a photo within it is kept in memory, never in a temporary file.
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<DandelionMlOptions>>(
            (kestrel, options) => kestrel.Limits.MaxRequestBodySize = options.Value.Images.MaxBytes + MultipartOverhead);
        services.AddOptions<FormOptions>().Configure<IOptions<DandelionMlOptions>>((form, options) =>
        {
            form.MultipartBodyLengthLimit = options.Value.Images.MaxBytes + MultipartOverhead;
            form.MemoryBufferThreshold = options.Value.Images.MaxBytes;
        });
        return services;
    }

    public static WebApplication UseDandelionApi(this WebApplication application)
    {
        application.UseDandelionEdge();
        application.UseDandelionPages();
        application.UseExceptionHandler();
        application.UseStatusCodePages();
        application.UseDandelionSecurity();
        application.MapOpenApi().AllowAnonymous();

        // The page stays on this machine: nothing is loaded from, or sent to, its maker's servers.
        application.MapScalarApiReference(page => page.WithTitle("DandelionMl")
            .DisableAgent().DisableMcp().DisableTelemetry().DisableDefaultFonts().HideDeveloperTools().HideClientButton().WithNonce())
            .WithMetadata(new ScriptNonce(context => context.Items[ScalarOptions.NonceHttpContextItemKey] as string))
            .AllowAnonymous();
        application.MapHome();
        application.MapHealth();
        application.MapPredict();
        application.MapSession();
        application.MapModels();
        application.MapComparison();
        application.MapCheckDuplicate();
        application.MapUploads();
        application.MapReview();
        application.MapImages();
        application.MapPhotos();
        application.MapCuration();
        application.MapPipelines();
        application.MapRetraining();
        application.MapDandelionPages();
        return application;
    }
}
