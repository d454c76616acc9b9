namespace DandelionMl.Classification;

/// <summary>Is told of each prediction that the served model made.</summary>
internal interface IPredictionObserver
{
    /// <summary>Takes note of a prediction; returns at once and never fails, as the photo's sender waits.</summary>
    void Observe(Prediction prediction);
}
