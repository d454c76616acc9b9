using DandelionMl.Backbones;
using DandelionMl.Embeddings;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Classification;

/// <summary>Checks, once for each backbone that is served on, that it answers here as it did before: see <see cref="GoldenEmbedding"/>. One that
/// does not is checked again, since an administrator may accept what it answers.</summary>
internal sealed class BackboneCheck(GoldenEmbedding golden, ILogger<BackboneCheck> logger)
{
    private BackboneInfo? _checked;
    private (IBackbone Backbone, float[] Embedding)? _last;
    private string? _failure;

    /// <summary>Why the backbone is not to be trusted; null where it is, or was not checked yet.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>Checks a backbone; called by one at a time.</summary>
    /// <exception cref="DandelionMlException">The database does not answer; the next call checks.</exception>
    public async Task CheckAsync(IBackbone backbone, CancellationToken cancellationToken)
    {
        if (backbone.Info == _checked)
        {
            return;
        }

        if (_last?.Backbone != backbone)
        {
            _last = (backbone, await Task.Run(() => GoldenEmbedding.Embed(backbone, cancellationToken), cancellationToken).ConfigureAwait(false));
        }

        var similarity = await golden.CompareAsync(backbone.Info, _last.Value.Embedding, cancellationToken).ConfigureAwait(false);
        if (similarity >= GoldenEmbedding.LeastSimilarity)
        {
            (_checked, _last) = (backbone.Info, null);
            Volatile.Write(ref _failure, null);
        }
        else if (Failure is null)
        {
            var failure = GoldenEmbedding.Explain(backbone.Info, similarity);
            Volatile.Write(ref _failure, failure);
            ServingLog.BackboneAnswersOtherwise(logger, failure);
        }
    }
}
