using DandelionMl.Catalog.Pairing;
using DandelionMl.Classification;
using DandelionMl.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Hosting;

/// <summary>Says at start where the store and the database do not belong together. The host answers meanwhile: either may be out of reach
/// for a while, and each write looks by itself.</summary>
internal sealed partial class StorePairingCheck(StorePairing pairing, FirstLook first, ILogger<StorePairingCheck> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await first.WaitAsync(stoppingToken).ConfigureAwait(false);
        try
        {
            await pairing.CheckAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (DatabaseException exception) when (exception.Failure == DatabaseFailure.StoreMismatch)
        {
            Mismatch(logger, exception.Message);
        }
#pragma warning disable CA1031 // What else keeps it from looking is told by those who need the store or the database.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
        }
    }

    [LoggerMessage(601, LogLevel.Critical, "{Reason}")]
    private static partial void Mismatch(ILogger logger, string reason);
}
