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
        routes.MapHealthChecks("/readyz", new HealthCheckOptions { Predicate = check => check.Tags.Contains(ModelHealthCheck.ReadyTag) }).ForAnyone();
    }
}

/// <summary>Ready when there is a model to serve.</summary>
internal sealed class ModelHealthCheck(Classifier classifier) : IHealthCheck
{
    public const string ReadyTag = "ready";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(classifier.Serving is { } model
            ? HealthCheckResult.Healthy($"serving model version {model.Version}")
            : HealthCheckResult.Unhealthy("no model yet"));
}
