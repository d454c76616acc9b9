namespace DandelionMl.Classification;

/// <summary>There is no model to serve yet.</summary>
public sealed class NoModelException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    public NoModelException()
        : base("There is no model yet: ingest labelled photos and train one.")
    {
    }
}

/// <summary>Too many requests are in flight; try again in a moment.</summary>
public sealed class ClassifierBusyException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="maxConcurrency">How many are allowed.</param>
    public ClassifierBusyException(int maxConcurrency)
        : base($"The classifier is busy with {maxConcurrency} images; try again in a moment.")
    {
    }
}
