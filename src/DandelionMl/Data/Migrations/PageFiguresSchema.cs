namespace DandelionMl.Data.Migrations;

/// <summary>What pages tell: how many classes were named for the photos of a day and how many photos were unknown, zero where that was not
/// counted yet; and why a run ended as a code with values, that is told in the reader's language, empty where it has only words.</summary>
internal sealed class PageFiguresSchema() : Migration(19, "What pages tell")
{
    public override bool IsReadableByOlder => true;

    public override string Sql(ColumnTypes types) =>
        $"""
        ALTER TABLE served_days ADD COLUMN one_class {types.Long} NOT NULL DEFAULT 0;
        ALTER TABLE served_days ADD COLUMN several_classes {types.Long} NOT NULL DEFAULT 0;
        ALTER TABLE served_days ADD COLUMN no_classes {types.Long} NOT NULL DEFAULT 0;
        ALTER TABLE served_days ADD COLUMN named_classes {types.Long} NOT NULL DEFAULT 0;
        ALTER TABLE served_days ADD COLUMN known_photos {types.Long} NOT NULL DEFAULT 0;
        ALTER TABLE served_days ADD COLUMN unknown_photos {types.Long} NOT NULL DEFAULT 0;

        ALTER TABLE pipeline_runs ADD COLUMN reason_code text;
        ALTER TABLE pipeline_steps ADD COLUMN reason_code text;
        """;
}
