using System.Globalization;
using DandelionMl.Catalog.Ingestion;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.BuiltIn;

/// <summary>Lists the photos that need a person's eye, the first of each kind.</summary>
internal static class ItemLog
{
    private const int Most = 100;

    public static void Write(PipelineContext context, IReadOnlyList<LabelConflict> conflicts, IReadOnlyList<IngestionFailure> failures)
    {
        Write(context, conflicts, conflict =>
            $"{conflict.Source} as '{conflict.Label}': known as '{conflict.KeptLabel}' ({conflict.KeptSource}); that label is kept.");
        Write(context, failures, failure => $"{failure.Source}: {failure.Reason}");
    }

    public static void Write(PipelineContext context, IReadOnlyList<string> remarks) => Write(context, remarks, remark => remark);

    private static void Write<T>(PipelineContext context, IReadOnlyList<T> items, Func<T, string> describe)
    {
        foreach (var item in items.Take(Most))
        {
            context.Log(describe(item), LogLevel.Warning);
        }

        if (items.Count > Most)
        {
            context.Log(string.Create(CultureInfo.InvariantCulture, $"… and {items.Count - Most} more."), LogLevel.Warning);
        }
    }
}
