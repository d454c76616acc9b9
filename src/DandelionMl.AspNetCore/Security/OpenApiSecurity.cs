using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security.Sessions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DandelionMl.AspNetCore.Security;

/// <summary>Says in the API's description which routes are guarded, and what opens them.</summary>
internal static class OpenApiSecurity
{
    private const string Session = "session";
    private const string Key = "apiKey";
    private const string Bearer = "bearer";

    public static void AddSecuritySchemes(this OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.AddComponent<IOpenApiSecurityScheme>(Session, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = SessionCookie.Name,
                Description = $"A person who signed in with POST /api/v1/session. Every request except GET also needs the antiforgery token in {CookieAntiforgery.Header}.",
            });
            document.AddComponent<IOpenApiSecurityScheme>(Key, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyAuthentication.Header,
                Description = "A program's key, created by 'dandelion admin create-key'.",
            });
            document.AddComponent<IOpenApiSecurityScheme>(Bearer, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The same key, as a bearer token.",
            });
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Audience>().LastOrDefault() is { IsAnyone: true })
            {
                return Task.CompletedTask;
            }

            operation.Security = [.. new[] { Session, Key, Bearer }.Select(scheme => new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [],
            })];
            return Task.CompletedTask;
        });
    }
}
