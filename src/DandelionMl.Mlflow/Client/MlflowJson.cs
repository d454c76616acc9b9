using System.Text.Json.Serialization;

namespace DandelionMl.Mlflow.Client;

/// <summary>The messages of MLflow's API. Numbers that are none go as texts, since the server loses what follows a bare one; an empty list is
/// left out, as the server does.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(CreateExperiment))]
[JsonSerializable(typeof(ExperimentInfo))]
[JsonSerializable(typeof(ExperimentAnswer))]
[JsonSerializable(typeof(Search))]
[JsonSerializable(typeof(RunsAnswer))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(CreateRun))]
[JsonSerializable(typeof(UpdateRun))]
[JsonSerializable(typeof(LogBatch))]
[JsonSerializable(typeof(LogInputs))]
[JsonSerializable(typeof(LogOutputs))]
[JsonSerializable(typeof(CreateLoggedModel))]
[JsonSerializable(typeof(LoggedModelAnswer))]
[JsonSerializable(typeof(LoggedModelsAnswer))]
[JsonSerializable(typeof(FinalizeLoggedModel))]
[JsonSerializable(typeof(LoggedModelTags))]
[JsonSerializable(typeof(CreateRegisteredModel))]
[JsonSerializable(typeof(RegisteredModelAnswer))]
[JsonSerializable(typeof(CreateModelVersion))]
[JsonSerializable(typeof(ModelVersionAnswer))]
[JsonSerializable(typeof(ModelVersionsAnswer))]
[JsonSerializable(typeof(UpdateModelVersion))]
[JsonSerializable(typeof(VersionTag))]
[JsonSerializable(typeof(AliasRequest))]
[JsonSerializable(typeof(Profile))]
internal sealed partial class MlflowJson : JsonSerializerContext;
