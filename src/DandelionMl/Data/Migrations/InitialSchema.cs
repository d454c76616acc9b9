namespace DandelionMl.Data.Migrations;

/// <summary>The first schema.</summary>
internal sealed class InitialSchema() : Migration(1, "Initial schema")
{
    /// <summary>The tables that it makes.</summary>
    public static readonly IReadOnlyList<string> Tables =
        ["plants_data", "embeddings", "model_versions", "model_manifest_images", "model_events", "settings"];

    public override string Sql(ColumnTypes types) =>
        $"""
        CREATE TABLE plants_data (
            id {types.Identity("plants_data")},
            url_source varchar(2048) NOT NULL,
            url_s3 varchar(4096),
            label varchar(50) NOT NULL,
            storage_key varchar(512),
            sha256 varchar(64),
            size_bytes {types.Long},
            state varchar(20) NOT NULL,
            created_at timestamp with time zone NOT NULL,
            updated_at timestamp with time zone NOT NULL);
        CREATE UNIQUE INDEX ux_plants_data_url_source ON plants_data (url_source);
        CREATE INDEX ix_plants_data_state ON plants_data (state, id);

        -- One row stands for some bytes; the others that have them are its duplicates.
        CREATE UNIQUE INDEX ux_plants_data_sha256 ON plants_data (sha256) WHERE state <> 'duplicate';

        CREATE TABLE embeddings (
            backbone_id varchar(200) NOT NULL,
            preprocessing_id varchar(200) NOT NULL,
            sha256 varchar(64) NOT NULL,
            dimensions integer NOT NULL,
            vector {types.Bytes} NOT NULL,
            CONSTRAINT "PK_embeddings" PRIMARY KEY (backbone_id, preprocessing_id, sha256));

        CREATE TABLE model_versions (
            version {types.Identity("model_versions")},
            state varchar(20) NOT NULL,
            artifact_key varchar(512) NOT NULL,
            artifact_folder varchar(512) NOT NULL,
            artifact_number integer NOT NULL,
            artifact_sha256 varchar(64) NOT NULL,
            backbone_id varchar(200) NOT NULL,
            backbone_sha256 varchar(64) NOT NULL,
            preprocessing_id varchar(200) NOT NULL,
            labels text NOT NULL,
            options text NOT NULL,
            metrics text NOT NULL,
            manifest_sha256 varchar(64) NOT NULL,
            created_at timestamp with time zone NOT NULL);
        CREATE UNIQUE INDEX ux_model_versions_artifact_key ON model_versions (artifact_key);
        CREATE UNIQUE INDEX ux_model_versions_champion ON model_versions (state) WHERE state = 'champion';

        CREATE TABLE model_manifest_images (
            version {types.Long} NOT NULL CONSTRAINT fk_model_manifest_images_version REFERENCES model_versions (version),
            sha256 varchar(64) NOT NULL,
            label varchar(50) NOT NULL,
            split varchar(20) NOT NULL,
            CONSTRAINT "PK_model_manifest_images" PRIMARY KEY (version, sha256));

        CREATE TABLE model_events (
            id {types.Identity("model_events")},
            version {types.Long} NOT NULL CONSTRAINT fk_model_events_version REFERENCES model_versions (version),
            from_state varchar(20) NOT NULL,
            to_state varchar(20) NOT NULL,
            reason text NOT NULL,
            at timestamp with time zone NOT NULL);
        CREATE INDEX ix_model_events_version ON model_events (version);

        CREATE TABLE settings (
            key varchar(200) NOT NULL CONSTRAINT "PK_settings" PRIMARY KEY,
            value text NOT NULL);
        """;
}
