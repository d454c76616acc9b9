using System.Text.Json.Serialization;

namespace DandelionMl.Registry;

/// <summary>What the registry keeps as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(ModelMetrics))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<EpochMetrics>))]
[JsonSerializable(typeof(GateVerdict))]
internal sealed partial class RegistryJson : JsonSerializerContext;
