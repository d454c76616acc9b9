using System.Collections.Concurrent;
using DandelionMl.Backbones;
using DandelionMl.Data;

namespace DandelionMl.Embeddings;

/// <summary>Keeps the embeddings of a space to one network: which weights a backbone had when it was first used on this database
/// is kept, and others under the same id are refused, unless they answer the same on the fixed picture of
/// <see cref="GoldenEmbedding"/>, as the same network in another format of file does. Thread-safe.</summary>
internal sealed class KnownWeights(SettingStore settings, GoldenEmbedding golden)
{
    private readonly ConcurrentDictionary<BackboneInfo, bool> _checked = [];

    /// <summary>Checks a backbone, once in a process.</summary>
    /// <exception cref="BackboneUnavailableException">It answers otherwise than the one that had its id before; the message says
    /// what to do.</exception>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task CheckAsync(IBackbone backbone, CancellationToken cancellationToken)
    {
        var info = backbone.Info;
        if (_checked.ContainsKey(info))
        {
            return;
        }

        if (await settings.GetAsync(Key(info), cancellationToken).ConfigureAwait(false) != info.WeightsSha256)
        {
            var embedding = await Task.Run(() => GoldenEmbedding.Embed(backbone, cancellationToken), cancellationToken).ConfigureAwait(false);
            await golden.CompareAsync(info, embedding, cancellationToken).ConfigureAwait(false);

            // Another process may have been first; its weights stand.
            var known = await settings.TrySetOnceAsync(Key(info), info.WeightsSha256, cancellationToken).ConfigureAwait(false);
            if (known != info.WeightsSha256)
            {
                await ReplaceAsync(info, known, embedding, cancellationToken).ConfigureAwait(false);
            }
        }

        _checked[info] = true;
    }

    /// <summary>Takes a backbone's weights for those that its embeddings are made with, whatever they were before.</summary>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public Task AcceptAsync(BackboneInfo info, CancellationToken cancellationToken) =>
        settings.SetAsync(Key(info), info.WeightsSha256, cancellationToken);

    private async Task ReplaceAsync(BackboneInfo info, string known, float[] embedding, CancellationToken cancellationToken)
    {
        var similarity = await golden.CompareKnownAsync(info with { WeightsSha256 = known }, embedding, cancellationToken).ConfigureAwait(false);
        if (similarity is not >= GoldenEmbedding.LeastSimilarity)
        {
            throw new BackboneUnavailableException(
                $"Backbone '{info.Id}' is another network here than the one that made the embeddings of this database: its weights have the "
                + $"SHA-256 {info.WeightsSha256}, not {known}. Restore those weights; or give the new ones another id and switch to it "
                + $"({nameof(BackboneSelection)}.{nameof(BackboneSelection.UseAsync)}, 'dandelion backbone use'); or, where they are the same network, "
                + $"run 'dandelion backbone accept {info.Id}' of the tool DandelionMl.Tool on the same data.");
        }

        await AcceptAsync(info, cancellationToken).ConfigureAwait(false);
    }

    private static string Key(BackboneInfo info) => $"backbone-weights/{GoldenEmbedding.Digest(info.Space.BackboneId, info.Space.PreprocessingId)}";
}
