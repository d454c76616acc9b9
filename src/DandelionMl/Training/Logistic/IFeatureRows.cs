namespace DandelionMl.Training.Logistic;

/// <summary>The values that a head is fitted to, a row a photo. Thread-safe.</summary>
internal interface IFeatureRows
{
    /// <summary>Number of photos.</summary>
    int Count { get; }

    /// <summary>Number of values of a photo.</summary>
    int Width { get; }

    /// <summary>Copies a photo's values.</summary>
    /// <param name="row">The photo.</param>
    /// <param name="values">Receives them, <see cref="Width"/> long.</param>
    void CopyTo(int row, Span<double> values);
}
