namespace DandelionMl.Telemetry;

/// <summary>Attributes that several parts give. Those without the library's prefix are OpenTelemetry's own:
/// https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/.</summary>
internal static class TelemetryTags
{
    public const string ErrorType = "error.type";
    public const string ModelVersion = "dandelionml.model.version";
    public const string Label = "dandelionml.label";

    /// <summary>What stands for all values beyond those that are told apart.</summary>
    public const string Other = "_OTHER";

    /// <summary>The kind of an error: the name of its type, of which there are few.</summary>
    public static string ErrorTypeOf(Exception exception) =>
        exception is OperationCanceledException ? nameof(OperationCanceledException) : exception.GetType().Name;

    public static KeyValuePair<string, object?> Of(string name, object? value) => new(name, value);
}
