namespace DandelionMl.Data.Migrations;

/// <summary>A step that brings the schema forward. Once released it stays as it is: later changes are steps of their own.</summary>
/// <param name="version">The schema version that it leads to.</param>
/// <param name="description">What it brings, for the record.</param>
internal abstract class Migration(long version, string description)
{
    public long Version => version;

    public string Description => description;

    /// <summary>Whether programs that know the schema before this step alone go on working after it, and may be put back: it adds tables,
    /// indexes, and columns that may be empty or have a default, and a row that such a program writes is right.</summary>
    public virtual bool IsReadableByOlder => false;

    /// <summary>The statements, run as one in the transaction that records the step. Plain SQL, and all names in lower case, so that every
    /// database reads them alike; what differs comes from <paramref name="types"/>.</summary>
    public abstract string Sql(ColumnTypes types);
}
