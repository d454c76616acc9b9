using System.Text.Json;
using System.Text.Json.Nodes;

namespace DandelionMl.Training;

/// <summary>What a version keeps of its training, as JSON: the options of the method that it was fitted by, and what that method chose.</summary>
internal static class TrainingRecord
{
    private const string Method = "method";

    private static readonly string[] OfLogistic = ["balanceClasses"];
    private static readonly string[] OfReference = ["learningRate", "epochs", "batchSize", "weightDecay", "seed"];

    /// <param name="options">The options.</param>
    /// <param name="fit">What they gave.</param>
    public static string Write(TrainingOptions options, HeadFit fit)
    {
        var record = JsonSerializer.SerializeToNode(options, TrainingJson.Default.TrainingOptions)!.AsObject();
        foreach (var name in options.Method == HeadMethod.Reference ? OfLogistic : OfReference)
        {
            record.Remove(name);
        }

        if (fit.Choice is { } choice)
        {
            record["strength"] = choice.Strength;
            record["temperature"] = (double)fit.Head.Temperature;
            record["strengths"] = new JsonArray([.. choice.Tried.Select(tried =>
                new JsonObject { ["strength"] = tried.Strength, ["logLoss"] = tried.LogLoss })]);
        }

        return record.ToJsonString();
    }

    /// <summary>The options of a version. One that names no method is older than there were several: it was fitted by
    /// <see cref="HeadMethod.Reference"/>.</summary>
    /// <exception cref="JsonException">It was not written by a training.</exception>
    public static TrainingOptions Read(string record)
    {
        var options = JsonSerializer.Deserialize(record, TrainingJson.Default.TrainingOptions) ?? throw new JsonException("There are no options.");
        if (!JsonElement.Parse(record).TryGetProperty(Method, out _))
        {
            options.Method = HeadMethod.Reference;
        }

        return options;
    }
}
