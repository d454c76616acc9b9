using FluentMigrator;

namespace DandelionMl.Data.Migrations;

/// <summary>Users' photos, their review, and the watermarks that say which retraining took which of them.</summary>
[Migration(Version, "Uploads and review")]
internal sealed class UploadSchema : ForwardOnlyMigration
{
    public const long Version = 3;

    public override void Up()
    {
        Create.Table("retrain_watermarks")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("claimed_by").AsString(200).NotNullable()
            .WithColumn("at").AsCustom(ColumnTypes.Time).NotNullable();
        Create.Index("ux_retrain_watermarks_claimed_by").OnTable("retrain_watermarks").OnColumn("claimed_by").Unique();

        // What is known of a photo that a user sent, beside its row in plants_data.
        Create.Table("uploads")
            .WithColumn("image_id").AsInt64().PrimaryKey().ForeignKey("fk_uploads_image", "plants_data", "id")
            .WithColumn("file_name").AsString(255).Nullable()
            .WithColumn("predicted_label").AsString(50).NotNullable()
            .WithColumn("probability").AsDouble().NotNullable()
            .WithColumn("margin").AsDouble().NotNullable()
            .WithColumn("model_version").AsInt64().NotNullable()
            .WithColumn("backbone_id").AsString(200).NotNullable()
            .WithColumn("preprocessing_id").AsString(200).NotNullable()
            .WithColumn("original_sha256").AsString(64).Nullable()
            .WithColumn("original_key").AsString(512).Nullable()
            .WithColumn("drawn_at_random").AsBoolean().NotNullable()
            .WithColumn("leased_by").AsString(200).Nullable()
            .WithColumn("leased_until").AsCustom(ColumnTypes.Time).Nullable()
            .WithColumn("decision").AsString(20).Nullable()
            .WithColumn("decided_by").AsString(200).Nullable()
            .WithColumn("decided_at").AsCustom(ColumnTypes.Time).Nullable()
            .WithColumn("watermark").AsInt64().Nullable().ForeignKey("fk_uploads_watermark", "retrain_watermarks", "id");
        Create.Index("ix_uploads_margin").OnTable("uploads").OnColumn("margin").Ascending();
        Create.Index("ix_uploads_original_sha256").OnTable("uploads").OnColumn("original_sha256").Ascending();

        Create.Table("review_events")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("image_id").AsInt64().NotNullable().ForeignKey("fk_review_events_image", "plants_data", "id")
            .WithColumn("action").AsString(20).NotNullable()
            .WithColumn("from_label").AsString(50).NotNullable()
            .WithColumn("to_label").AsString(50).NotNullable()
            .WithColumn("actor").AsString(200).NotNullable()
            .WithColumn("at").AsCustom(ColumnTypes.Time).NotNullable();
        Create.Index("ix_review_events_image").OnTable("review_events").OnColumn("image_id").Ascending();
    }
}
