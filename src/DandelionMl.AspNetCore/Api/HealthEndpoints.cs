using DandelionMl.Classification;
using DandelionMl.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>GET /healthz</c>: the process answers. <c>GET /readyz</c>: it has a model to serve.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false }).ForAnyone();
        var log = routes.ServiceProvider.GetRequiredService<ReadinessLog>();
        routes.MapHealthChecks("/readyz", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(ModelHealthCheck.ReadyTag),
            ResponseWriter = (context, report) =>
            {
                log.Tell(report);
                context.Response.ContentType = "text/plain";
                return context.Response.WriteAsync(report.Status.ToString());
            },
        }).ForAnyone();
    }
}

/// <summary>Ready when there is a model to serve and its backbone answers on this machine as it did before; degraded where it is not the champion,
/// as the champion's artifact is damaged.</summary>
internal sealed class ModelHealthCheck(Classifier classifier, BackboneCheck backbone) : IHealthCheck
{
    public const string ReadyTag = "ready";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((classifier.Serving, backbone.Failure, classifier.ChampionFailure) switch
        {
            (null, _, var damage) => HealthCheckResult.Unhealthy(damage ?? "no model yet"),
            (_, { } failure, _) => HealthCheckResult.Unhealthy(failure),
            ({ } model, _, null) => HealthCheckResult.Healthy($"serving model version {model.Version}"),
            ({ } model, _, var damage) => HealthCheckResult.Degraded($"serving model version {model.Version} in the place of the champion: {damage}"),
        });
}
