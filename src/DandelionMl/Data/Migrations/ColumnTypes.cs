namespace DandelionMl.Data.Migrations;

/// <summary>Column types that FluentMigrator has no mapping of its own for on every database.</summary>
internal static class ColumnTypes
{
    /// <summary>PostgreSQL's type; SQLite takes any name and keeps the text.</summary>
    public const string Time = "timestamp with time zone";
}
