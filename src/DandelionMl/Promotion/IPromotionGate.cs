using DandelionMl.Backbones;
using DandelionMl.Registry;

namespace DandelionMl.Promotion;

/// <summary>Decides whether a candidate becomes the champion. Register one of your own before <c>AddDandelionMl</c> to replace the
/// library's, <see cref="PromotionGate"/>, which it may ask in turn. Implementations are thread-safe.</summary>
public interface IPromotionGate
{
    /// <summary>Judges a candidate. Changes nothing: <see cref="ModelPromotion"/> carries the verdict out.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="champion">The version that it would replace; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The verdict, with the numbers that it goes by.</returns>
    /// <exception cref="BackboneUnavailableException">A photo has to be embedded for the champion, and its backbone can't be
    /// loaded.</exception>
    Task<GateVerdict> JudgeAsync(ModelVersion candidate, ModelVersion? champion, CancellationToken cancellationToken = default);
}
