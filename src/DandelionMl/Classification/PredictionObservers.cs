namespace DandelionMl.Classification;

/// <summary>Tells several observers of each prediction.</summary>
internal sealed class PredictionObservers(params IReadOnlyList<IPredictionObserver> observers) : IPredictionObserver
{
    public void Observe(Prediction prediction)
    {
        foreach (var observer in observers)
        {
            observer.Observe(prediction);
        }
    }
}
