namespace DandelionMl.Backbones.Weights;

/// <summary>A weights file is damaged, hostile, or not what the network needs; the message says what is wrong.</summary>
internal sealed class InvalidWeightsException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is wrong with the file.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public InvalidWeightsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
