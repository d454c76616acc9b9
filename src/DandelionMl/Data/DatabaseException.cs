namespace DandelionMl.Data;

/// <summary>The database can't do what it was asked for, for a reason outside of this program.</summary>
public sealed class DatabaseException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="failure">What kind of failure it is.</param>
    /// <param name="message">What went wrong and what can be done; never holds a secret.</param>
    /// <param name="innerException">The cause.</param>
    public DatabaseException(DatabaseFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>What kind of failure it is.</summary>
    public DatabaseFailure Failure { get; }
}

/// <summary>Why a database can't do what it was asked for.</summary>
public enum DatabaseFailure
{
    /// <summary>It can't be reached, or the connection broke, and retries did not help. No transaction was done in part; the call
    /// can be made again.</summary>
    Unavailable,

    /// <summary>It does not let this user in, or do this. Nothing was changed.</summary>
    AccessDenied,

    /// <summary>It accepts no changes, as a standby or a read-only file. Nothing was changed.</summary>
    ReadOnly,

    /// <summary>The connection broke while a transaction was being committed: all of it was done, or nothing. Look, then decide whether
    /// to ask again.</summary>
    OutcomeUnknown,

    /// <summary>Its disk is full. Nothing was changed; the call can be made again once there is room.</summary>
    DiskFull,

    /// <summary>A newer version of this library wrote it, whose schema this one does not know. Nothing was changed.</summary>
    TooNew,

    /// <summary>Its file is damaged, or not a database at all. Nothing was changed.</summary>
    Damaged,
}
