using System.Text.Json.Serialization;

namespace DandelionMl.Training;

[JsonSerializable(typeof(TrainingOptions))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class TrainingJson : JsonSerializerContext;
