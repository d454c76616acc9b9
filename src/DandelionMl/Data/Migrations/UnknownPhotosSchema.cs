namespace DandelionMl.Data.Migrations;

/// <summary>Whether a photo that a user sent was like those that the model was trained on; empty where that was not told.</summary>
internal sealed class UnknownPhotosSchema() : Migration(16, "Unknown photos")
{
    public override bool IsReadableByOlder => true;

    public override string Sql(ColumnTypes types) => $"ALTER TABLE uploads ADD COLUMN is_known {types.Boolean};";
}
