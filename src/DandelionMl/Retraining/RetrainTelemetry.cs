using System.Diagnostics.Metrics;

namespace DandelionMl.Retraining;

/// <summary>What the retrain policy last said in this process, as metrics under the name <c>DandelionMl.Retraining</c>.</summary>
internal sealed class RetrainTelemetry
{
    public const string Name = "DandelionMl.Retraining";

    private readonly Gauge<int> _newPhotos;
    private readonly Gauge<int> _minimum;
    private readonly Gauge<int> _isDue;

    public RetrainTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _newPhotos = meter.CreateGauge<int>("dandelionml.retrain.new_photos", "{photo}", "Reviewed photos that are not in the training set yet.");
        _minimum = meter.CreateGauge<int>("dandelionml.retrain.minimum", "{photo}", "New photos needed for a retraining.");
        _isDue = meter.CreateGauge<int>("dandelionml.retrain.due", description: "1 if a retraining is due, else 0.");
    }

    public void Record(RetrainDecision decision)
    {
        _newPhotos.Record(decision.NewImages);
        _minimum.Record(decision.MinimumNewImages);
        _isDue.Record(decision.ShouldRetrain ? 1 : 0);
    }
}
