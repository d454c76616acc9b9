using DandelionMl.Catalog.Pairing;
using DandelionMl.Data;
using DandelionMl.Hosting;
using DandelionMl.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Degraded while the store does not answer, or is not the database's: the champion, which is in memory, is served all the
/// same. Degraded, too, while the disk is so full that no photos are kept.</summary>
internal sealed class StoreHealthCheck(StoreCheck store, IImageStore images, IOptions<DandelionMlOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.CheckAsync(cancellationToken).ConfigureAwait(false);
            return images is IFreeSpace { FreeBytes: { } free } && free < options.Value.Review.MinimumFreeBytes
                ? HealthCheckResult.Degraded($"the disk is almost full: {free} bytes are free")
                : HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is StorageUnavailableException or DatabaseException)
        {
            return HealthCheckResult.Degraded(exception.Message);
        }
    }
}
