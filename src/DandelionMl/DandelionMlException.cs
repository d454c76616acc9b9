namespace DandelionMl;

/// <summary>Base of every error that this library raises on purpose, so that a host can tell a known failure, whose message is
/// meant for a person, from a defect.</summary>
public abstract class DandelionMlException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What went wrong and what can be done, in words for a person; never holds a secret.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    protected DandelionMlException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
