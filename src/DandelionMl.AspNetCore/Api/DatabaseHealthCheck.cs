using DandelionMl.Data;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Degraded while the database does not answer: the champion, which is in memory, is served all the same.</summary>
internal sealed class DatabaseHealthCheck(DatabaseCheck database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await database.CheckAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (DatabaseException exception)
        {
            return HealthCheckResult.Degraded(exception.Message);
        }
    }
}
