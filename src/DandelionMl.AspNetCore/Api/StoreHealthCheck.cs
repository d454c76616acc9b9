using DandelionMl.Catalog.Pairing;
using DandelionMl.Data;
using DandelionMl.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Degraded while the store does not answer, or is not the database's: the champion, which is in memory, is served all the
/// same.</summary>
internal sealed class StoreHealthCheck(StoreCheck store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.CheckAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is StorageUnavailableException or DatabaseException)
        {
            return HealthCheckResult.Degraded(exception.Message);
        }
    }
}
