using System.Globalization;
using System.Text.Json;
using DandelionMl.Registry;

namespace DandelionMl.Tracking;

/// <summary>What a training was given, under the names that Python's trackers use.</summary>
internal static class ExperimentParameters
{
    /// <summary>The training options, whatever there are of them, then what they were applied to.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(ModelVersion model)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        using var options = JsonDocument.Parse(model.Options);
        if (options.RootElement.ValueKind == JsonValueKind.Object)
        {
            parameters.AddRange(options.RootElement.EnumerateObject().Select(option =>
                KeyValuePair.Create(JsonNamingPolicy.SnakeCaseLower.ConvertName(option.Name), option.Value.ToString())));
        }

        parameters.AddRange(
        [
            new("backbone", model.Space.BackboneId),
            new("preprocessing", model.Space.PreprocessingId),
            new("classes", model.Labels.Count.ToString(CultureInfo.InvariantCulture)),
            new("labels", string.Join(", ", model.Labels)),
        ]);
        return [.. parameters.DistinctBy(parameter => parameter.Key, StringComparer.Ordinal)];
    }
}
