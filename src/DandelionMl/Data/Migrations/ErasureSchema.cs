namespace DandelionMl.Data.Migrations;

/// <summary>What lets the owner of a photo have it erased, and what is still to be deleted of photos that were.</summary>
internal sealed class ErasureSchema() : Migration(7, "Receipts and erasure")
{
    public override string Sql(ColumnTypes types) =>
        $"""
        -- SHA-256 of the code that the sender was given.
        ALTER TABLE uploads ADD COLUMN receipt_sha256 varchar(64);
        CREATE UNIQUE INDEX ux_uploads_receipt_sha256 ON uploads (receipt_sha256);

        -- Objects of erased photos that are still in the store.
        CREATE TABLE erasures (
            image_id {types.Long} NOT NULL CONSTRAINT fk_erasures_image REFERENCES plants_data (id),
            storage_key varchar(512) NOT NULL,
            CONSTRAINT "PK_erasures" PRIMARY KEY (image_id, storage_key));
        """;
}
