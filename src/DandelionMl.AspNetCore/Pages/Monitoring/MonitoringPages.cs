using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Pages.Data;
using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Traffic;
using DandelionMl.Classification;
using DandelionMl.Drift.Explanation;
using DandelionMl.Drift.Watching;
using DandelionMl.Photos;
using DandelionMl.Registry;

namespace DandelionMl.AspNetCore.Pages.Monitoring;

/// <summary><c>/monitoring</c>: whether the served model is well, without Prometheus and Grafana.</summary>
internal static class MonitoringPages
{
    private const int MaxForm = 16 * 1024;

    public static void MapMonitoringPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapAdminPages();
        pages.MapGet("/monitoring", ShowAsync);
        pages.MapPost("/monitoring/acknowledgement", AcknowledgeAsync).LimitBody(MaxForm);
    }

    private static async Task<IResult> ShowAsync(
        DriftMonitor monitor,
        DriftExplainer explainer,
        ReviewAgreement agreement,
        IModelRegistry registry,
        RecentRequests requests,
        ClassifierOptions options,
        TimeProvider time,
        CancellationToken cancellationToken,
        string? days = null)
    {
        var length = int.TryParse(days, out var asked) && IntakeChart.Lengths.Contains(asked) ? asked : IntakeChart.Lengths[0];
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = today.AddDays(1 - length);
        var served = await monitor.ListDaysAsync(length, cancellationToken).ConfigureAwait(false);
        return PageRoutes.Render<MonitoringPage>(new
        {
            Drift = await FindDriftAsync(monitor, explainer, options, cancellationToken).ConfigureAwait(false),
            IsWatched = options.DriftEnabled,
            Traffic = new TrafficFigures(requests.List()),
            Served = new IntakeChart(today, length, ServedFigures.ByClass(served)),
            Confidence = new DayCurve(first, today, ServedFigures.Confidence(served)),
            Familiarity = new DayCurve(first, today, ServedFigures.Ranks(served)),
            Named = new NamedClassesFigures(first, today, served, await registry.GetChampionAsync(cancellationToken).ConfigureAwait(false)),
            Agreement = new DayCurve(
                first, today, ServedFigures.Agreement(await agreement.CountByDayAsync(first, cancellationToken).ConfigureAwait(false))),
        });
    }

    private static async Task<DriftFigures?> FindDriftAsync(
        DriftMonitor monitor, DriftExplainer explainer, ClassifierOptions options, CancellationToken cancellationToken) =>
        await monitor.FindAsync(cancellationToken).ConfigureAwait(false) is var (version, state)
            ? new DriftFigures(
                version, state, options.DriftPhotosPerFalseAlarm, await explainer.ExplainAsync(version, state, cancellationToken).ConfigureAwait(false))
            : null;

    private static async Task<SeeOther> AcknowledgeAsync(DriftMonitor monitor, Actor actor, CancellationToken cancellationToken)
    {
        // Where there is no alarm any more, the page says so.
        await monitor.AcknowledgeAsync(actor.AuditName, cancellationToken).ConfigureAwait(false);
        return PageRoutes.SeeOther("monitoring");
    }
}
