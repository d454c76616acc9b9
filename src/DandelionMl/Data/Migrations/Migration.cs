namespace DandelionMl.Data.Migrations;

/// <summary>A step that brings the schema forward. Once released it stays as it is: later changes are steps of their own.</summary>
/// <param name="version">The schema version that it leads to.</param>
/// <param name="description">What it brings, for the record.</param>
internal abstract class Migration(long version, string description)
{
    public long Version => version;

    public string Description => description;

    /// <summary>The statements, run as one in the transaction that records the step. Plain SQL, and all names in lower case, so that every
    /// database reads them alike; what differs comes from <paramref name="types"/>.</summary>
    public abstract string Sql(ColumnTypes types);
}
