namespace DandelionMl.Training;

/// <summary>There are too few labelled images to train on; the message says what is missing.</summary>
public sealed class InsufficientTrainingDataException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is missing.</param>
    public InsufficientTrainingDataException(string message)
        : base(message) => Reason = Reason.Said(message);

    internal InsufficientTrainingDataException(Reason reason)
        : base(reason.ToString()) => Reason = reason;

    internal Reason Reason { get; }
}
