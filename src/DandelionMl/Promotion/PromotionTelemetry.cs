using System.Diagnostics;
using System.Diagnostics.Metrics;
using DandelionMl.Registry;
using DandelionMl.Telemetry;

namespace DandelionMl.Promotion;

/// <summary>Metrics and spans of the gate's verdicts.</summary>
internal sealed class PromotionTelemetry
{
    private readonly Counter<long> _verdicts;

    public PromotionTelemetry(IMeterFactory? meters = null) => _verdicts = LibraryTelemetry.Meter(meters).CreateCounter<long>(
        "dandelionml.gate.verdicts", "{verdict}", "Verdicts of the promotion gate, by result.");

    public static Activity? StartVerdict(int version) =>
        LibraryTelemetry.Source.StartActivity("judge model")?.SetTag(TelemetryTags.ModelVersion, version);

    public void Decide(Activity? activity, GateVerdict verdict)
    {
        var result = TelemetryTags.Of("dandelionml.gate.result", verdict.Passed ? "passed" : "rejected");
        activity?.SetTag(result.Key, result.Value);
        _verdicts.Add(1, result);
    }
}
