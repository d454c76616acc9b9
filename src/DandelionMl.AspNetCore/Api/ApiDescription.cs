using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>GET /openapi/v1.json</c>: the API's description, a document of its own beside those of the application. <c>GET /scalar</c>: a
/// page to try it.</summary>
internal static class ApiDescription
{
    /// <summary>The name of the document, and of the group that the API's endpoints are in.</summary>
    public const string DocumentName = "dandelionml";

    private const string Path = "/openapi/v1.json";

    public static void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = description => description.GroupName == DocumentName;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "DandelionMl";
            document.Info.Description = "Continuous training of image classifiers.";
            document.Info.Version = "v1";
            OwnNames.Apply(document);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(static (schema, context, _) =>
        {
            NameEnumerations(schema, context.JsonTypeInfo.Type);
            NumberNumbers(schema);
            OwnNames.Note(schema, context.JsonTypeInfo);
            return Task.CompletedTask;
        });
        options.AddSecuritySchemes();
    }

    public static void MapDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, WriteAsync).ForAnyone().ExcludeFromDescription();

        // The page stays on this machine: nothing is loaded from, or sent to, its maker's servers.
        routes.MapScalarApiReference((page, context) => page.WithTitle("DandelionMl")
            .WithOpenApiRoutePattern(Mount.Find(context)!.Prefix(context).ToUriComponent() + Path)
            .DisableAgent().DisableMcp().DisableTelemetry().DisableDefaultFonts().HideDeveloperTools().HideClientButton().WithNonce())
            .WithMetadata(new ScriptNonce(context => context.Items[ScalarOptions.NonceHttpContextItemKey] as string))
            .ForAnyone();
    }

    private static async Task WriteAsync(HttpContext context)
    {
        var document = await context.RequestServices.GetRequiredKeyedService<IOpenApiDocumentProvider>(DocumentName)
            .GetOpenApiDocumentAsync(context.RequestAborted).ConfigureAwait(false);
        document.Servers = [new OpenApiServer { Url = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}" }];
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        document.SerializeAs(OpenApiSpecVersion.OpenApi3_1, new OpenApiJsonWriter(text));
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(text.ToString(), context.RequestAborted).ConfigureAwait(false);
    }

    // By the application's JSON settings a number may be sent as a string, too; the API never does that, and clients that are generated
    // want to know.
    private static void NumberNumbers(OpenApiSchema schema)
    {
        if (schema.Type is { } type && type.HasFlag(JsonSchemaType.String)
            && (type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number)))
        {
            schema.Type = type & ~JsonSchemaType.String;
            schema.Pattern = null;
        }
    }

    // The document is made with the application's JSON settings; the API's own write names.
    private static void NameEnumerations(OpenApiSchema schema, Type type)
    {
        if ((Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } enumeration)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. Enum.GetNames(enumeration).Select(name => (JsonNode)JsonNamingPolicy.CamelCase.ConvertName(name))];
        }
    }
}
