using FluentMigrator;

namespace DandelionMl.Data.Migrations;

/// <summary>What a model was trained with, how its training went, what the gate said, and who changed its state.</summary>
[Migration(Version, "Model lineage")]
internal sealed class ModelLineage : ForwardOnlyMigration
{
    public const long Version = 2;

    public override void Up()
    {
        Alter.Table("model_versions")
            .AddColumn("environment").AsString(int.MaxValue).NotNullable().WithDefaultValue("{}")
            .AddColumn("epochs").AsString(int.MaxValue).NotNullable().WithDefaultValue("[]")
            .AddColumn("verdict").AsString(int.MaxValue).Nullable()
            .AddColumn("request_id").AsString(200).Nullable()
            .AddColumn("state_changed_at").AsCustom(ColumnTypes.Time).Nullable();
        Execute.Sql(
            """
            UPDATE model_versions SET state_changed_at = COALESCE(
                (SELECT MAX(at) FROM model_events WHERE model_events.version = model_versions.version), created_at)
            """);

        // A reservation that a crash left behind keeps nobody from registering the same again.
        Execute.Sql("CREATE UNIQUE INDEX ux_model_versions_request_id ON model_versions (request_id) WHERE state <> 'reserved'");

        Alter.Table("model_events")
            .AddColumn("action").AsString(20).NotNullable().WithDefaultValue("promote")
            .AddColumn("actor").AsString(200).NotNullable().WithDefaultValue("unknown");
        Execute.Sql("UPDATE model_events SET action = 'register' WHERE to_state = 'candidate'");

        // The way from a photo to the versions that saw it.
        Create.Index("ix_model_manifest_images_sha256").OnTable("model_manifest_images").OnColumn("sha256").Ascending();
    }
}
