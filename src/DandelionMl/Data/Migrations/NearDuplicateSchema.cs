namespace DandelionMl.Data.Migrations;

/// <summary>Which photos are near-duplicates of each other, found once, and as a training counted them; and which embeddings are
/// new.</summary>
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

        -- The number of the transaction that kept an embedding, for processes to read what has come since they last looked.
        ALTER TABLE embeddings ADD COLUMN added {types.Long};
        CREATE INDEX ix_embeddings_added ON embeddings (backbone_id, preprocessing_id, added);
        """;
}
