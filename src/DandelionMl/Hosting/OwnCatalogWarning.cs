using DandelionMl.Catalog;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Hosting;

/// <summary>Says at start that uploads and an image catalog of the application's own do not meet.</summary>
internal sealed partial class OwnCatalogWarning(IImageCatalog catalog, ILogger<OwnCatalogWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (catalog is not SqlImageCatalog)
        {
            OwnCatalog(logger, catalog.GetType());
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(600, LogLevel.Warning,
        "The image catalog is the application's own, {Catalog}: training and ingestion use it, but uploads, their review and changes of the "
        + "training set stay in the library's table plants_data, and no training sees them")]
    private static partial void OwnCatalog(ILogger logger, Type catalog);
}
