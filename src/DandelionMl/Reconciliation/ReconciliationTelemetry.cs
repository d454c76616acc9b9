using System.Diagnostics.Metrics;
using DandelionMl.Telemetry;

namespace DandelionMl.Reconciliation;

/// <summary>Metrics of what reconciliations find.</summary>
internal sealed class ReconciliationTelemetry
{
    private readonly Counter<long> _findings;

    public ReconciliationTelemetry(IMeterFactory? meters = null) => _findings = LibraryTelemetry.Meter(meters).CreateCounter<long>(
        "dandelionml.reconciler.findings", "{finding}", "Differences between store and database that a reconciliation found, by kind.");

    public void Record(ReconciliationReport report)
    {
        Add("lost_photo", report.LostImages.Count);
        Add("lost_model", report.LostModels.Count);
        Add("damaged_photo", report.DamagedImages.Count);
        Add("damaged_model", report.DamagedModels.Count);
        Add("misplaced_photo", report.Misplaced.Count);
        Add("orphan", report.Orphans.Count);
        Add("leftover", report.Leftovers.Count);

        void Add(string kind, int count)
        {
            if (count > 0)
            {
                _findings.Add(
                    count, TelemetryTags.Of("dandelionml.finding", kind), TelemetryTags.Of("dandelionml.dry_run", report.DryRun));
            }
        }
    }
}
