namespace DandelionMl.Storage;

/// <summary>A store can't be reached, or refuses what it is asked for: wrong credentials, no such bucket, no network, an overload that
/// outlasted the retries.</summary>
public sealed class StorageUnavailableException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">Which store, what was asked of it and why it failed; never holds a secret.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public StorageUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
