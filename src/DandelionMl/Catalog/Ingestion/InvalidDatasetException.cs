namespace DandelionMl.Catalog.Ingestion;

/// <summary>A data set can't be read: it is missing, or not laid out as it should be.</summary>
public sealed class InvalidDatasetException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is wrong and what is expected.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public InvalidDatasetException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
