using DandelionMl.Data;
using DandelionMl.Registry;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Shadowing;

/// <summary>Says which version runs as the champion's shadow, for all processes on one database. Thread-safe.</summary>
internal sealed class ShadowSwitch(Database database, IModelRegistry registry, TimeProvider time, ILogger<ShadowSwitch> logger)
{
    /// <summary>Runs a version beside the champion, in the place of the shadow before. One that runs already goes on.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="actor">Who starts it, 1 to 200 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    /// <exception cref="ShadowRefusedException">It is the champion, was trained on another backbone or other weights, or there is no champion.</exception>
    /// <exception cref="DandelionMlException">The version's artifact is lost or damaged, or the database does not answer.</exception>
    public async Task<ShadowSetting> StartAsync(int version, string actor, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(actor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(actor.Length, 200, nameof(actor));
        var model = await registry.FindAsync(version, cancellationToken).ConfigureAwait(false) ?? throw new ModelNotFoundException(version);
        if (ShadowRules.Refuse(model, await registry.GetChampionAsync(cancellationToken).ConfigureAwait(false)) is { } refusal)
        {
            throw new ShadowRefusedException(refusal);
        }

        // A damaged one is told now, and not in the log of some host.
        await LoadAsync(model, cancellationToken).ConfigureAwait(false);
        var setting = new ShadowSetting(version, time.GetUtcMicroseconds(), actor);
        return await database.WriteAsync(
            async session =>
            {
                if (ShadowSetting.Parse(await SettingRows.GetAsync(session, ShadowSetting.Key).ConfigureAwait(false)) is { } running && running.Version == version)
                {
                    return running;
                }

                await SettingRows.SetAsync(session, ShadowSetting.Key, setting.ToJson()).ConfigureAwait(false);
                await session.NotifyAsync(SqlModelRegistry.ChampionChannel).ConfigureAwait(false);
                return setting;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the shadow; what was counted is kept.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The version that ran; null if there was none.</returns>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public Task<int?> StopAsync(CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            var running = ShadowSetting.Parse(await SettingRows.GetAsync(session, ShadowSetting.Key).ConfigureAwait(false));
            await SettingRows.RemoveAsync(session, ShadowSetting.Key).ConfigureAwait(false);
            await session.NotifyAsync(SqlModelRegistry.ChampionChannel).ConfigureAwait(false);
            return running?.Version;
        },
        cancellationToken);

    /// <summary>The shadow that runs. One that became the champion, was deleted, or can't read the champion's embeddings any more is ended.</summary>
    /// <returns>The shadow; null while none runs.</returns>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<RunningShadow?> FindAsync(CancellationToken cancellationToken)
    {
        var json = await database.ReadAsync(session => SettingRows.GetAsync(session, ShadowSetting.Key), cancellationToken).ConfigureAwait(false);
        if (ShadowSetting.Parse(json) is not { } setting)
        {
            return null;
        }

        var model = await registry.FindAsync(setting.Version, cancellationToken).ConfigureAwait(false);
        var champion = await registry.GetChampionAsync(cancellationToken).ConfigureAwait(false);
        if (model is not null && ShadowRules.Refuse(model, champion) is null)
        {
            return new RunningShadow(setting, model, champion!);
        }

        if (await EndAsync(json!, cancellationToken).ConfigureAwait(false))
        {
            ShadowLog.Ended(logger, model is null ? $"There is no model version {setting.Version} any more." : ShadowRules.Refuse(model, champion)!);
        }

        return null;
    }

    /// <summary>Loads the shadow, to be asked.</summary>
    /// <exception cref="DandelionMlException">Its artifact is lost, damaged or another version's, or the store does not answer.</exception>
    public async Task<ShadowModel> LoadAsync(ModelVersion model, CancellationToken cancellationToken) =>
        new(model, await registry.LoadArtifactAsync(model.Version, cancellationToken).ConfigureAwait(false));

    /// <summary>Ends a shadow, unless somebody has started another one meanwhile.</summary>
    private Task<bool> EndAsync(string json, CancellationToken cancellationToken) => database.WriteIdempotentAsync(
        async session => await SettingRows.GetAsync(session, ShadowSetting.Key).ConfigureAwait(false) == json
            && await SettingRows.RemoveAsync(session, ShadowSetting.Key).ConfigureAwait(false) == 1,
        cancellationToken);
}

/// <summary>The shadow that runs.</summary>
/// <param name="Setting">Since when, and by whom.</param>
/// <param name="Model">The shadow's version.</param>
/// <param name="Champion">The champion that it runs beside.</param>
internal sealed record RunningShadow(ShadowSetting Setting, ModelVersion Model, ModelVersion Champion);
