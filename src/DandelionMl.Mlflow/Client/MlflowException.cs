namespace DandelionMl.Mlflow.Client;

/// <summary>An MLflow server did not do what it was asked for.</summary>
/// <param name="failure">The kind of failure.</param>
/// <param name="message">What went wrong and what can be done; never holds a secret, and is never long.</param>
/// <param name="innerException">The cause.</param>
internal sealed class MlflowException(MlflowFailure failure, string message, Exception? innerException = null)
    : DandelionMlException(message, innerException)
{
    public MlflowFailure Failure => failure;

    /// <summary>Whether the server may have done it all the same, or may still be about to.</summary>
    public bool IsOutcomeUnknown { get; init; }
}

/// <summary>The kinds of failures.</summary>
internal enum MlflowFailure
{
    /// <summary>It can't be reached, is too slow, too busy, or does not answer as MLflow does. It may later.</summary>
    Unavailable,

    /// <summary>It does not know the name that it was called by. It won't until it is started otherwise.</summary>
    HostRefused,

    /// <summary>It does not know who asks.</summary>
    Unauthenticated,

    /// <summary>Who asks may not do this.</summary>
    Forbidden,

    /// <summary>A setting does not fit the server.</summary>
    Misconfigured,

    /// <summary>It won't take this request.</summary>
    Refused,

    /// <summary>What was asked for is not there.</summary>
    NotFound,

    /// <summary>Something of this name is there.</summary>
    AlreadyExists,

    /// <summary>It has no such call.</summary>
    NotSupported,

    /// <summary>It failed at this request.</summary>
    ServerError,
}
