using System.Diagnostics.Metrics;
using DandelionMl.Telemetry;

namespace DandelionMl.Retraining;

/// <summary>Metrics of what the retrain policy said in this process.</summary>
internal sealed class RetrainTelemetry
{
    private readonly Counter<long> _decisions;
    private readonly Gauge<int> _newPhotos;
    private readonly Gauge<int> _minimum;

    public RetrainTelemetry(IMeterFactory? meters = null)
    {
        var meter = LibraryTelemetry.Meter(meters);
        _decisions = meter.CreateCounter<long>(
            "dandelionml.retrain.decisions", "{decision}", "Decisions of the retrain policy on which a pipeline acted, by whether a retraining was due.");
        _newPhotos = meter.CreateGauge<int>(
            "dandelionml.retrain.new_photos", "{photo}", "Reviewed photos that are not in the training set yet, when the policy was asked last.");
        _minimum = meter.CreateGauge<int>("dandelionml.retrain.minimum", "{photo}", "New photos needed for a retraining, when the policy was asked last.");
    }

    /// <summary>Counts a decision that something came of.</summary>
    public void Decide(RetrainDecision decision) => _decisions.Add(1, TelemetryTags.Of("dandelionml.retrain.due", decision.ShouldRetrain));

    /// <summary>Notes how far a retraining is.</summary>
    public void Record(RetrainDecision decision)
    {
        _newPhotos.Record(decision.NewImages);
        _minimum.Record(decision.MinimumNewImages);
    }
}
