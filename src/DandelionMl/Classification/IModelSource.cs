using System.Runtime.ExceptionServices;
using DandelionMl.Backbones;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Classification;

/// <summary>Where a classifier's model comes from.</summary>
internal interface IModelSource
{
    /// <summary>Gives the model to serve now: the one that is served, or another one in its place; null if there is none.</summary>
    Task<ServingModel?> FindAsync(ServingModel? served, CancellationToken cancellationToken);
}

/// <summary>The registry's champion. Once there was one, it is served until another takes its place. Where its artifact is lost or damaged and
/// nothing is served yet, the champion before it is.</summary>
internal sealed class ChampionSource(IModelRegistry registry, IBackboneProvider backbones) : IModelSource
{
    public async Task<ServingModel?> FindAsync(ServingModel? served, CancellationToken cancellationToken)
    {
        var champion = await registry.GetChampionAsync(cancellationToken).ConfigureAwait(false);
        if (champion is null || (champion.Version == served?.Version?.Version && served.StandsInBecause is null))
        {
            return served;
        }

        try
        {
            return await LoadAsync(champion, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (served is null && IsDamage(exception))
        {
            return await FindBeforeAsync(champion.Version, exception, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether an artifact is lost, damaged or another version's.</summary>
    public static bool IsDamage(Exception exception) =>
        exception is ObjectCorruptedException or ObjectNotFoundException or InvalidModelArtifactException;

    /// <summary>Gives the last champion whose artifact is whole.</summary>
    /// <exception cref="ObjectCorruptedException">There is none; this or another error of the champion's.</exception>
    private async Task<ServingModel> FindBeforeAsync(int champion, Exception damage, CancellationToken cancellationToken)
    {
        var events = await registry.ListEventsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var before = events.Where(item => item.Action is ModelAction.Promote or ModelAction.Rollback && item.Version != champion)
            .OrderByDescending(item => item.Id).Select(item => item.Version).Distinct();
        foreach (var version in before)
        {
            try
            {
                if (await registry.FindAsync(version, cancellationToken).ConfigureAwait(false) is { } model)
                {
                    return await LoadAsync(model, cancellationToken, damage.Message).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (IsDamage(exception))
            {
                // The one before.
            }
        }

        ExceptionDispatchInfo.Throw(damage);
        return null!;
    }

    private async Task<ServingModel> LoadAsync(ModelVersion champion, CancellationToken cancellationToken, string? standsInBecause = null)
    {
        var artifact = await registry.LoadArtifactAsync(champion.Version, cancellationToken).ConfigureAwait(false);
        var backbone = await backbones.GetAsync(champion.Space.BackboneId, progress: null, cancellationToken).ConfigureAwait(false);
        return new ServingModel(artifact, backbone, champion) { StandsInBecause = standsInBecause };
    }
}

/// <summary>One model for good.</summary>
internal sealed class FixedModel(ServingModel model) : IModelSource
{
    public Task<ServingModel?> FindAsync(ServingModel? served, CancellationToken cancellationToken) =>
        Task.FromResult<ServingModel?>(model);
}
