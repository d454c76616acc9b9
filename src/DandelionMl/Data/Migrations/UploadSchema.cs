namespace DandelionMl.Data.Migrations;

/// <summary>Users' photos, their review, and the watermarks that say which retraining took which of them.</summary>
internal sealed class UploadSchema() : Migration(3, "Uploads and review")
{
    public override string Sql(ColumnTypes types) =>
        $"""
        CREATE TABLE retrain_watermarks (
            id {types.Identity("retrain_watermarks")},
            claimed_by varchar(200) NOT NULL,
            at timestamp with time zone NOT NULL);
        CREATE UNIQUE INDEX ux_retrain_watermarks_claimed_by ON retrain_watermarks (claimed_by);

        -- What is known of a photo that a user sent, beside its row in plants_data.
        CREATE TABLE uploads (
            image_id {types.Long} NOT NULL CONSTRAINT "PK_uploads" PRIMARY KEY
                CONSTRAINT fk_uploads_image REFERENCES plants_data (id),
            file_name varchar(255),
            predicted_label varchar(50) NOT NULL,
            probability {types.Double} NOT NULL,
            margin {types.Double} NOT NULL,
            model_version {types.Long} NOT NULL,
            backbone_id varchar(200) NOT NULL,
            preprocessing_id varchar(200) NOT NULL,
            original_sha256 varchar(64),
            original_key varchar(512),
            drawn_at_random {types.Boolean} NOT NULL,
            leased_by varchar(200),
            leased_until timestamp with time zone,
            decision varchar(20),
            decided_by varchar(200),
            decided_at timestamp with time zone,
            watermark {types.Long} CONSTRAINT fk_uploads_watermark REFERENCES retrain_watermarks (id));
        CREATE INDEX ix_uploads_margin ON uploads (margin);
        CREATE INDEX ix_uploads_original_sha256 ON uploads (original_sha256);

        CREATE TABLE review_events (
            id {types.Identity("review_events")},
            image_id {types.Long} NOT NULL CONSTRAINT fk_review_events_image REFERENCES plants_data (id),
            action varchar(20) NOT NULL,
            from_label varchar(50) NOT NULL,
            to_label varchar(50) NOT NULL,
            actor varchar(200) NOT NULL,
            at timestamp with time zone NOT NULL);
        CREATE INDEX ix_review_events_image ON review_events (image_id);
        """;
}
