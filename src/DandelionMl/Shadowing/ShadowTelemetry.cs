using System.Diagnostics.Metrics;
using DandelionMl.Telemetry;

namespace DandelionMl.Shadowing;

/// <summary>Metrics of the shadow.</summary>
internal sealed class ShadowTelemetry
{
    private readonly Counter<long> _predictions;

    public ShadowTelemetry(IMeterFactory meters) => _predictions = LibraryTelemetry.Meter(meters).CreateCounter<long>(
        "dandelionml.shadow.predictions", "{prediction}", "Answers of the shadow, by whether the champion gave the same class.");

    /// <summary>Counts answers that were just compared.</summary>
    public void Count(IEnumerable<ShadowCount> counts)
    {
        foreach (var count in counts)
        {
            _predictions.Add(count.Answers, TelemetryTags.Of("dandelionml.shadow.agreement", count.IsAgreed ? "agrees" : "differs"));
        }
    }
}
