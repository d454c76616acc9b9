namespace DandelionMl;

/// <summary>Base class of the library's known errors. Their messages are written for people; any other exception is a defect.</summary>
public abstract class DandelionMlException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What went wrong and what to do about it, written for people; never contains a secret.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    protected DandelionMlException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
