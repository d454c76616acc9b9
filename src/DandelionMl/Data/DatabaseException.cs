namespace DandelionMl.Data;

/// <summary>The database failed for a reason outside of this program.</summary>
public sealed class DatabaseException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="failure">The kind of failure.</param>
    /// <param name="message">What went wrong and what can be done; never holds a secret.</param>
    /// <param name="innerException">The cause.</param>
    public DatabaseException(DatabaseFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>The kind of failure.</summary>
    public DatabaseFailure Failure { get; }
}

/// <summary>The kinds of database failures.</summary>
public enum DatabaseFailure
{
    /// <summary>It can't be reached, or the connection broke, and retries failed. No transaction was applied in part; the call can be
    /// repeated.</summary>
    Unavailable,

    /// <summary>It denies this user access, or this operation. Nothing was changed.</summary>
    AccessDenied,

    /// <summary>It accepts no changes, as a standby or a read-only file. Nothing was changed.</summary>
    ReadOnly,

    /// <summary>The connection broke while a transaction was being committed: either all of it was saved or nothing. Check which before
    /// you repeat the call.</summary>
    OutcomeUnknown,

    /// <summary>Its disk is full. Nothing was changed; the call can be repeated once there is space.</summary>
    DiskFull,

    /// <summary>A newer version of this library wrote it, whose schema this one does not know. Nothing was changed.</summary>
    TooNew,

    /// <summary>Its file is damaged, or not a database at all. Nothing was changed.</summary>
    Damaged,

    /// <summary>It was used with another store of photos and models than this one. Nothing was changed.</summary>
    StoreMismatch,

    /// <summary>It holds tables of another program under names of this library's. Nothing was changed.</summary>
    OtherProgram,
}
