using DandelionMl.Embeddings;

namespace DandelionMl.Training.Logistic;

/// <summary>The values that a head is fitted to, a row a photo: what is kept of the photo, moved by a mean and scaled. Thread-safe.</summary>
internal interface IFeatureRows
{
    /// <summary>Number of photos.</summary>
    int Count { get; }

    /// <summary>Number of values of a photo.</summary>
    int Width { get; }

    /// <summary>What is taken from the values that are kept, <see cref="Width"/> long.</summary>
    ReadOnlySpan<double> Mean { get; }

    /// <summary>What the rest is multiplied by.</summary>
    double Scale { get; }

    /// <summary>Copies a photo's values.</summary>
    /// <param name="row">The photo.</param>
    /// <param name="values">Receives them, <see cref="Width"/> long.</param>
    void CopyTo(int row, Span<double> values);

    /// <summary>Makes a block that takes in photos' values as they are kept, neither moved nor scaled.</summary>
    RowBlock NewBlock();
}
