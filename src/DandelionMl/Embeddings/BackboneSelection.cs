using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Data;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Embeddings;

/// <summary>The backbone that embeds the photos of a data directory. It is recorded with the first photo and stays until
/// <see cref="UseAsync"/> changes it: so a model's input never depends on the machine or its network.</summary>
public sealed class BackboneSelection
{
    /// <summary>The setting that chooses the backbone with the highest rank that can be loaded; see
    /// <see cref="BackboneDescriptor.Rank"/>.</summary>
    public const string Automatic = "auto";

    private const string SettingKey = "backbone";

    private readonly SettingStore _settings;
    private readonly IBackboneProvider _backbones;
    private readonly IImageCatalog _catalog;
    private readonly ImageEmbedder _embedder;
    private readonly KnownWeights _weights;
    private readonly string _preference;
    private readonly ILogger<BackboneSelection> _logger;

    internal BackboneSelection(
        SettingStore settings,
        IBackboneProvider backbones,
        IImageCatalog catalog,
        ImageEmbedder embedder,
        KnownWeights weights,
        string preference,
        ILogger<BackboneSelection> logger)
    {
        (_settings, _backbones, _catalog, _embedder) = (settings, backbones, catalog, embedder);
        (_weights, _preference, _logger) = (weights, preference, logger);
    }

    /// <summary>The id of the backbone that is recorded; null while no photo is embedded.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<string?> GetRecordedAsync(CancellationToken cancellationToken = default) => _settings.GetAsync(SettingKey, cancellationToken);

    /// <summary>Loads the backbone to embed with. Where none is recorded, the configured one is, before any photo is embedded with
    /// it.</summary>
    /// <param name="progress">Receives the progress of the download, if there is one.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="BackboneUnavailableException">No backbone has the recorded or configured id, the backbone can't be loaded, or it
    /// is another network than the one that made the embeddings; the message says what to do.</exception>
    public async Task<IBackbone> SelectAsync(IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var backbone = await FindAsync(progress, cancellationToken).ConfigureAwait(false);
        await _weights.CheckAsync(backbone, cancellationToken).ConfigureAwait(false);
        return backbone;
    }

    /// <summary>Switches to another backbone: embeds every stored photo with it, then records it. If interrupted, call it again to
    /// resume; until it is done the old one stays recorded. The champion keeps the backbone it was trained on.</summary>
    /// <param name="id">The backbone's id.</param>
    /// <param name="progress">Receives the number of photos embedded.</param>
    /// <param name="cancellationToken">Cancels the call; photos already embedded are kept.</param>
    /// <returns>Number of photos embedded now.</returns>
    /// <exception cref="BackboneUnavailableException">No backbone has this id, or the backbone can't be loaded; the message says what to
    /// do.</exception>
    public async Task<int> UseAsync(string id, IProgress<ItemProgress>? progress = null, CancellationToken cancellationToken = default) =>
        (await SwitchAsync(id, progress, cancellationToken).ConfigureAwait(false)).Embedded;

    /// <summary>Does what <see cref="UseAsync"/> does, and tells which photos can't be read.</summary>
    internal async Task<EmbeddingReport> SwitchAsync(string id, IProgress<ItemProgress>? progress, CancellationToken cancellationToken)
    {
        var backbone = await _backbones.GetAsync(id, progress: null, cancellationToken).ConfigureAwait(false);
        await _weights.CheckAsync(backbone, cancellationToken).ConfigureAwait(false);
        var stored = await _catalog.ListAsync(ImageState.Stored, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        var report = await _embedder.EmbedMissingAsync(backbone, stored, progress, cancellationToken).ConfigureAwait(false);
        await _settings.SetAsync(SettingKey, id, cancellationToken).ConfigureAwait(false);
        return report;
    }

    private async Task<IBackbone> FindAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        if (await GetRecordedAsync(cancellationToken).ConfigureAwait(false) is { } recorded)
        {
            return await _backbones.GetAsync(recorded, progress, cancellationToken).ConfigureAwait(false);
        }

        var chosen = await ChooseAsync(progress, cancellationToken).ConfigureAwait(false);

        // Another process may have been first; its choice stands.
        var winner = await _settings.TrySetOnceAsync(SettingKey, chosen.Info.Id, cancellationToken).ConfigureAwait(false);
        return winner == chosen.Info.Id ? chosen : await _backbones.GetAsync(winner, progress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IBackbone> ChooseAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        if (_preference != Automatic)
        {
            return await _backbones.GetAsync(_preference, progress, cancellationToken).ConfigureAwait(false);
        }

        // Where no backbone has a rank, as with a provider of the application's own, the first one is chosen.
        var ranked = _backbones.Available.Where(backbone => backbone.Rank is not null).OrderByDescending(backbone => backbone.Rank).ToList();
        (string Id, string Reason)? passedOver = null;
        foreach (var backbone in ranked.SkipLast(1))
        {
            try
            {
                return Announce(await _backbones.GetAsync(backbone.Id, progress, cancellationToken).ConfigureAwait(false), passedOver);
            }
            catch (BackboneUnavailableException e)
            {
                passedOver ??= (backbone.Id, e.Message);
            }
        }

        return Announce(
            await _backbones.GetAsync((ranked.LastOrDefault() ?? _backbones.Available[0]).Id, progress, cancellationToken).ConfigureAwait(false), passedOver);
    }

    private IBackbone Announce(IBackbone chosen, (string Id, string Reason)? passedOver)
    {
        if (passedOver is { } preferred)
        {
            BackboneLog.LowerBackboneChosen(_logger, chosen.Info.Id, preferred.Id, preferred.Reason);
        }

        return chosen;
    }
}
