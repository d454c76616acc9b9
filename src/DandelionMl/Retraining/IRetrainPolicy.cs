namespace DandelionMl.Retraining;

/// <summary>Decides whether the model is trained again. Register one of your own before <c>AddDandelionMl</c> to replace the
/// library's, <see cref="RetrainPolicy"/>, which it may ask in turn. Implementations are thread-safe.</summary>
public interface IRetrainPolicy
{
    /// <summary>Decides.</summary>
    /// <param name="situation">The current situation.</param>
    /// <returns>Whether to train now, and why.</returns>
    RetrainDecision Decide(RetrainSituation situation);
}
