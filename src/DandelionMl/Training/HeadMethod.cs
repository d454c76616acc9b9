using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.Training;

/// <summary>By which method a head is fitted.</summary>
[Experimental(DandelionMlExperiments.HeadMethod)]
public enum HeadMethod
{
    /// <summary>L2-regularised logistic regression, to its one optimum. How strongly it is regularised is chosen by cross-validation on the training
    /// images, which calibrates the probabilities, too.</summary>
    Logistic,

    /// <summary>Adam, as the Python system does: by a learning rate, epochs, a batch size and a seed, and with no calibration.</summary>
    Reference,
}
