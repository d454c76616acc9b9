namespace DandelionMl.Data.Migrations;

/// <summary>Which photos are near-duplicates of each other, found once, and as a training counted them.</summary>
internal sealed class NearDuplicateSchema() : Migration(15, "Groups of near-duplicates")
{
    public override bool IsReadableByOlder => true;

    public override string Sql(ColumnTypes types) =>
        $"""
        -- The photo that leads a photo's group, by the cosine similarity that counted when it was found; a photo may lead its own. The leader
        -- itself may be gone.
        CREATE TABLE near_duplicates (
            backbone_id varchar(200) NOT NULL,
            preprocessing_id varchar(200) NOT NULL,
            sha256 varchar(64) NOT NULL,
            leader varchar(64) NOT NULL,
            threshold {types.Double} NOT NULL,
            CONSTRAINT "PK_near_duplicates" PRIMARY KEY (backbone_id, preprocessing_id, sha256));

        -- Empty for a photo that leads its own group; nothing for versions that were trained before.
        ALTER TABLE model_manifest_images ADD COLUMN leader varchar(64);
        """;
}
