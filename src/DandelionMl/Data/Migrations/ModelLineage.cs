namespace DandelionMl.Data.Migrations;

/// <summary>What a model was trained with, how its training went, what the gate said, and who changed its state.</summary>
internal sealed class ModelLineage() : Migration(2, "Model lineage")
{
    public override string Sql(ColumnTypes types) =>
        """
        ALTER TABLE model_versions ADD COLUMN environment text NOT NULL DEFAULT '{}';
        ALTER TABLE model_versions ADD COLUMN epochs text NOT NULL DEFAULT '[]';
        ALTER TABLE model_versions ADD COLUMN verdict text;
        ALTER TABLE model_versions ADD COLUMN request_id varchar(200);
        ALTER TABLE model_versions ADD COLUMN state_changed_at timestamp with time zone;
        UPDATE model_versions SET state_changed_at = COALESCE(
            (SELECT MAX(at) FROM model_events WHERE model_events.version = model_versions.version), created_at);

        -- A reservation that a crash left behind keeps nobody from registering the same again.
        CREATE UNIQUE INDEX ux_model_versions_request_id ON model_versions (request_id) WHERE state <> 'reserved';

        ALTER TABLE model_events ADD COLUMN action varchar(20) NOT NULL DEFAULT 'promote';
        ALTER TABLE model_events ADD COLUMN actor varchar(200) NOT NULL DEFAULT 'unknown';
        UPDATE model_events SET action = 'register' WHERE to_state = 'candidate';

        -- The way from a photo to the versions that saw it.
        CREATE INDEX ix_model_manifest_images_sha256 ON model_manifest_images (sha256);
        """;
}
