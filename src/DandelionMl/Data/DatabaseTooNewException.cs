namespace DandelionMl.Data;

/// <summary>The database was written by a newer version of this library, whose schema this one does not know.</summary>
public sealed class DatabaseTooNewException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="found">The schema version of the database.</param>
    /// <param name="known">The newest schema version that this program knows.</param>
    public DatabaseTooNewException(long found, long known)
        : base($"The database has schema version {found}; this program knows versions up to {known}. " +
            "Use a newer version of the program, or another data directory or database.")
    {
        Found = found;
        Known = known;
    }

    /// <summary>The schema version of the database.</summary>
    public long Found { get; }

    /// <summary>The newest schema version that this program knows.</summary>
    public long Known { get; }
}
