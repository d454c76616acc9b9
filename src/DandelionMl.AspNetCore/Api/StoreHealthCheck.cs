using DandelionMl.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Degraded while the object store does not answer: the champion, which is in memory, is served all the same.</summary>
internal sealed class StoreHealthCheck(IImageStore store) : IHealthCheck
{
    private const string AnyKey = "readyz";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Whether there is such an object does not matter; that the store can tell does.
            await store.ExistsAsync(AnyKey, cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (StorageUnavailableException exception)
        {
            return HealthCheckResult.Degraded(exception.Message);
        }
    }
}
