using DandelionMl.Backbones;
using DandelionMl.Registry;

namespace DandelionMl.Classification;

/// <summary>Where a classifier's model comes from.</summary>
internal interface IModelSource
{
    /// <summary>Gives the model to serve now: the one that is served, or another one in its place; null if there is none.</summary>
    Task<ServingModel?> FindAsync(ServingModel? served, CancellationToken cancellationToken);
}

/// <summary>The registry's champion. Once there was one, it is served until another takes its place.</summary>
internal sealed class ChampionSource(IModelRegistry registry, IBackboneProvider backbones) : IModelSource
{
    public async Task<ServingModel?> FindAsync(ServingModel? served, CancellationToken cancellationToken)
    {
        var champion = await registry.GetChampionAsync(cancellationToken).ConfigureAwait(false);
        if (champion is null || champion.Version == served?.Version?.Version)
        {
            return served;
        }

        var artifact = await registry.LoadArtifactAsync(champion.Version, cancellationToken).ConfigureAwait(false);
        var backbone = await backbones.GetAsync(champion.Space.BackboneId, progress: null, cancellationToken).ConfigureAwait(false);
        return new ServingModel(artifact, backbone, champion);
    }
}

/// <summary>One model for good.</summary>
internal sealed class FixedModel(ServingModel model) : IModelSource
{
    public Task<ServingModel?> FindAsync(ServingModel? served, CancellationToken cancellationToken) =>
        Task.FromResult<ServingModel?>(model);
}
