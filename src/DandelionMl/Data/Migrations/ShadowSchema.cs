namespace DandelionMl.Data.Migrations;

/// <summary>What a shadow says beside the champion: counted for all photos, and kept with those that users sent; empty where no shadow was
/// asked.</summary>
internal sealed class ShadowSchema() : Migration(18, "Shadow")
{
    public override bool IsReadableByOlder => true;

    public override string Sql(ColumnTypes types) =>
        $"""
        CREATE TABLE shadow_answers (
            champion_version {types.Long} NOT NULL,
            shadow_version {types.Long} NOT NULL,
            champion_label varchar(50) NOT NULL,
            shadow_label varchar(50) NOT NULL,
            answers {types.Long} NOT NULL,
            CONSTRAINT "PK_shadow_answers" PRIMARY KEY (champion_version, shadow_version, champion_label, shadow_label));

        ALTER TABLE uploads ADD COLUMN shadow_version {types.Long};
        ALTER TABLE uploads ADD COLUMN shadow_label varchar(50);
        CREATE INDEX ix_uploads_shadow_version ON uploads (shadow_version);
        """;
}
