using FluentMigrator.Runner.VersionTableInfo;

namespace DandelionMl.Data.Migrations;

/// <summary>The table that says which migrations a database has had. Names in lower case, so that plain SQL reads it anywhere.</summary>
internal sealed class SchemaVersionTable : IVersionTableMetaData
{
    public const string Name = "schema_versions";

    public bool OwnsSchema => false;

    public string SchemaName => "";

    public string TableName => Name;

    public string ColumnName => "version";

    public string DescriptionColumnName => "description";

    public string AppliedOnColumnName => "applied_on";

    public string UniqueIndexName => "ux_schema_versions_version";

    public bool CreateWithPrimaryKey => false;
}
