namespace DandelionMl.Registry;

/// <summary>A model artifact is not valid: its format is wrong, or its parts do not match.</summary>
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
