namespace DandelionMl.Backbones;

/// <summary>No backbone has the requested id; the message lists the known ones.</summary>
public sealed class UnknownBackboneException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="id">The requested id.</param>
    /// <param name="known">The known ids.</param>
    public UnknownBackboneException(string id, IEnumerable<string> known)
        : base($"There is no backbone '{id}'. Known: {string.Join(", ", known)}.") => BackboneId = id;

    /// <summary>The requested id.</summary>
    public string BackboneId { get; }
}

/// <summary>A backbone can't be loaded: its weights can't be downloaded or read, or the native library is missing.</summary>
public sealed class BackboneUnavailableException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is missing and what to do about it.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public BackboneUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
