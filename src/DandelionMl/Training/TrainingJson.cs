using System.Text.Json.Serialization;

namespace DandelionMl.Training;

[JsonSerializable(typeof(TrainingOptions))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
internal sealed partial class TrainingJson : JsonSerializerContext;
