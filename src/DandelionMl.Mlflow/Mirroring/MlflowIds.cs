using System.Text.Json;
using System.Text.Json.Serialization;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>The ids that the server gave for what belongs to a training, as they are kept in the database.</summary>
internal sealed record MlflowIds
{
    public string? Experiment { get; init; }

    public string? Run { get; init; }

    public string? LoggedModel { get; init; }

    /// <summary>The number of the registered model's version.</summary>
    public string? Version { get; init; }

    /// <summary>Whether all that never changes is there.</summary>
    public bool IsLogged { get; init; }

    public static MlflowIds Parse(string json) => JsonSerializer.Deserialize(json, MlflowIdsJson.Default.MlflowIds) ?? new();

    public override string ToString() => JsonSerializer.Serialize(this, MlflowIdsJson.Default.MlflowIds);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(MlflowIds))]
internal sealed partial class MlflowIdsJson : JsonSerializerContext;
