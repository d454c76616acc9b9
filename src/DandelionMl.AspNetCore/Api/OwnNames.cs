using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;

namespace DandelionMl.AspNetCore.Api;

/// <summary>The names of properties in the API's description as the API writes them. The document is made with the application's JSON
/// settings, which may name properties otherwise.</summary>
internal static class OwnNames
{
    private const string Key = "DandelionMl.Names";

    /// <summary>Keeps the API's own names with a schema. They are not set at once: the framework still looks for the properties by the
    /// application's.</summary>
    public static void Note(OpenApiSchema schema, JsonTypeInfo type)
    {
        var names = type.Properties.Where(property => property.AttributeProvider is MemberInfo)
            .ToDictionary(property => property.Name, property => NameOf((MemberInfo)property.AttributeProvider!), StringComparer.Ordinal);
        if (names.Any(name => name.Key != name.Value))
        {
            (schema.Metadata ??= new Dictionary<string, object>())[Key] = names;
        }
    }

    /// <summary>Gives all schemas of a document their own names.</summary>
    public static void Apply(OpenApiDocument document)
    {
        foreach (var schema in (document.Components?.Schemas?.Values ?? []).OfType<OpenApiSchema>())
        {
            if (schema.Metadata?.TryGetValue(Key, out var kept) == true && kept is Dictionary<string, string> names)
            {
                schema.Properties = schema.Properties?.ToDictionary(
                    property => names.GetValueOrDefault(property.Key, property.Key), property => property.Value, StringComparer.Ordinal);
                schema.Required = schema.Required?.Select(name => names.GetValueOrDefault(name, name)).ToHashSet(StringComparer.Ordinal);
            }
        }
    }

    private static string NameOf(MemberInfo member) =>
        member.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(member.Name);
}
