using DandelionMl.Classification;
using DandelionMl.Registry;
using DandelionMl.Retraining;

namespace DandelionMl.Testing.Tests;

/// <summary>What an application writes on a classifier, a registry and a retrain policy.</summary>
internal sealed class PhotoDesk(IImageClassifier classifier, IModelRegistry registry, IRetrainPolicy policy, TimeProvider time)
{
    private readonly Dictionary<string, int> _confirmed = new(StringComparer.Ordinal);

    public async Task<string> AnswerAsync(byte[] photo, CancellationToken cancellationToken)
    {
        var prediction = await classifier.ClassifyAsync(photo, cancellationToken);
        return prediction.Margin < 0.2f ? $"perhaps {prediction.Label}: please check" : prediction.Label;
    }

    public async Task<bool> ConfirmAsync(string label, CancellationToken cancellationToken)
    {
        _confirmed[label] = _confirmed.GetValueOrDefault(label) + 1;
        var champion = await registry.GetChampionAsync(cancellationToken);
        return policy.Decide(new RetrainSituation
        {
            NewImages = _confirmed,
            LastTrainedAt = champion?.CreatedAt,
            Now = time.GetUtcNow(),
        }).ShouldRetrain;
    }
}
