using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace DandelionMl.Pipelines.Rows;

/// <summary>What runs keep as JSON.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class PipelineJson : JsonSerializerContext
{
    public static string Write(IReadOnlyDictionary<string, string> parameters) => JsonSerializer.Serialize(
        new Dictionary<string, string>(parameters.OrderBy(item => item.Key, StringComparer.Ordinal)), Default.DictionaryStringString);

    public static Dictionary<string, string> ReadParameters(string text) =>
        JsonSerializer.Deserialize(text, Default.DictionaryStringString)!;

    public static JsonObject ReadOutput(string text) => JsonNode.Parse(text)!.AsObject();
}
