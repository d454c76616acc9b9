namespace DandelionMl.Data.Migrations;

/// <summary>What people note about a version of the model.</summary>
internal sealed class ModelNotes() : Migration(9, "Notes on models")
{
    public override string Sql(ColumnTypes types) =>
        """
        ALTER TABLE model_versions ADD COLUMN note text;
        ALTER TABLE model_versions ADD COLUMN note_by varchar(200);
        ALTER TABLE model_versions ADD COLUMN note_at timestamp with time zone;
        """;
}
