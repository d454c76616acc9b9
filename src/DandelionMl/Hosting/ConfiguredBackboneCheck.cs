using DandelionMl.Backbones;
using DandelionMl.Embeddings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DandelionMl.Hosting;

/// <summary>Refuses to start where the settings name a backbone that there is not: else the first training would say so, perhaps days later.
/// A precision is part of the name. No weights are loaded for it.</summary>
internal sealed class ConfiguredBackboneCheck(IBackboneProvider backbones, IOptions<DandelionMlOptions> options) : IHostedService
{
    /// <exception cref="BackboneUnavailableException">There is no such backbone; the message names those there are.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Backbone is var id and not BackboneSelection.Automatic)
        {
            backbones.IsDownloaded(id);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
