namespace DandelionMl.Retraining;

/// <summary>Says whether the model is to be trained again. Register one of your own before <c>AddDandelionMl</c> and it is asked in place
/// of the library's, <see cref="RetrainPolicy"/>, which it may ask in turn. Implementations are thread-safe.</summary>
public interface IRetrainPolicy
{
    /// <summary>Decides.</summary>
    /// <param name="situation">How things stand.</param>
    /// <returns>Whether to train now, and why.</returns>
    RetrainDecision Decide(RetrainSituation situation);
}
