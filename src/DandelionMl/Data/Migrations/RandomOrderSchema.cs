namespace DandelionMl.Data.Migrations;

/// <summary>The place of a photo that a user sent in a random order, kept as it was when the photo came: its bytes may be replaced by smaller
/// ones. Empty for photos that came before.</summary>
internal sealed class RandomOrderSchema() : Migration(17, "Random order of users' photos")
{
    public override bool IsReadableByOlder => true;

    public override string Sql(ColumnTypes types) => "ALTER TABLE uploads ADD COLUMN random_rank varchar(16);";
}
