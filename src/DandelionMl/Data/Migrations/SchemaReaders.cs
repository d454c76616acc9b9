namespace DandelionMl.Data.Migrations;

/// <summary>From here on the schema says which programs can work on it, so that an older one may be put back after an upgrade.</summary>
internal sealed class SchemaReaders() : Migration(FirstVersion, "Which programs can work on the schema")
{
    /// <summary>The first version that says so.</summary>
    public const long FirstVersion = 14;

    public override string Sql(ColumnTypes types) => $"ALTER TABLE schema_versions ADD COLUMN readable_from {types.Long};";
}
