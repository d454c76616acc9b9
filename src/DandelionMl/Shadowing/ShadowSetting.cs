using System.Text.Json;
using System.Text.Json.Serialization;

namespace DandelionMl.Shadowing;

/// <summary>Which version is the shadow, as all processes on one database read it.</summary>
/// <param name="Version">The version.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="StartedBy">Who started it.</param>
internal sealed record ShadowSetting(int Version, DateTimeOffset Since, string StartedBy)
{
    /// <summary>The setting's key.</summary>
    public const string Key = "shadow";

    /// <returns>The setting; null where no shadow runs, or what is there can't be read.</returns>
    public static ShadowSetting? Parse(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize(json, ShadowJson.Default.ShadowSetting);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As it is kept.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ShadowJson.Default.ShadowSetting);
}

/// <summary>Reads and writes the setting.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShadowSetting))]
internal sealed partial class ShadowJson : JsonSerializerContext;
