namespace DandelionMl.Registry;

/// <summary>A model artifact that is no valid one: not in its format, or with parts that do not agree.</summary>
public sealed class InvalidModelArtifactException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public InvalidModelArtifactException(string reason, Exception? innerException = null)
        : base($"The model artifact is not valid: {reason}", innerException)
    {
    }
}
