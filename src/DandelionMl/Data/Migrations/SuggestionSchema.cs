namespace DandelionMl.Data.Migrations;

/// <summary>What the sender of a photo says is on it.</summary>
internal sealed class SuggestionSchema() : Migration(8, "Senders' suggestions")
{
    public override string Sql(ColumnTypes types) => "ALTER TABLE uploads ADD COLUMN suggested_label varchar(50);";
}
