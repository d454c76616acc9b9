using FluentMigrator;

namespace DandelionMl.Data.Migrations;

/// <summary>The first schema. All names are in lower case and all constraints ones that SQLite and PostgreSQL share; partial indexes
/// are plain SQL, which both read alike.</summary>
[Migration(Version, "Initial schema")]
internal sealed class InitialSchema : ForwardOnlyMigration
{
    public const long Version = 1;

    public override void Up()
    {
        CreateImages();
        CreateEmbeddings();
        CreateModels();
        Create.Table("settings")
            .WithColumn("key").AsString(200).PrimaryKey()
            .WithColumn("value").AsString(int.MaxValue).NotNullable();
    }

    private void CreateImages()
    {
        Create.Table("plants_data")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("url_source").AsString(2048).NotNullable()
            .WithColumn("url_s3").AsString(4096).Nullable()
            .WithColumn("label").AsString(50).NotNullable()
            .WithColumn("storage_key").AsString(512).Nullable()
            .WithColumn("sha256").AsString(64).Nullable()
            .WithColumn("size_bytes").AsInt64().Nullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("created_at").AsCustom(ColumnTypes.Time).NotNullable()
            .WithColumn("updated_at").AsCustom(ColumnTypes.Time).NotNullable();
        Create.Index("ux_plants_data_url_source").OnTable("plants_data").OnColumn("url_source").Unique();
        Create.Index("ix_plants_data_state").OnTable("plants_data").OnColumn("state").Ascending().OnColumn("id").Ascending();

        // One row stands for some bytes; the others that have them are its duplicates.
        Execute.Sql("CREATE UNIQUE INDEX ux_plants_data_sha256 ON plants_data (sha256) WHERE state <> 'duplicate'");
    }

    private void CreateEmbeddings() => Create.Table("embeddings")
        .WithColumn("backbone_id").AsString(200).PrimaryKey()
        .WithColumn("preprocessing_id").AsString(200).PrimaryKey()
        .WithColumn("sha256").AsString(64).PrimaryKey()
        .WithColumn("dimensions").AsInt32().NotNullable()
        .WithColumn("vector").AsBinary(int.MaxValue).NotNullable();

    private void CreateModels()
    {
        Create.Table("model_versions")
            .WithColumn("version").AsInt64().PrimaryKey().Identity()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("artifact_key").AsString(512).NotNullable()
            .WithColumn("artifact_folder").AsString(512).NotNullable()
            .WithColumn("artifact_number").AsInt32().NotNullable()
            .WithColumn("artifact_sha256").AsString(64).NotNullable()
            .WithColumn("backbone_id").AsString(200).NotNullable()
            .WithColumn("backbone_sha256").AsString(64).NotNullable()
            .WithColumn("preprocessing_id").AsString(200).NotNullable()
            .WithColumn("labels").AsString(int.MaxValue).NotNullable()
            .WithColumn("options").AsString(int.MaxValue).NotNullable()
            .WithColumn("metrics").AsString(int.MaxValue).NotNullable()
            .WithColumn("manifest_sha256").AsString(64).NotNullable()
            .WithColumn("created_at").AsCustom(ColumnTypes.Time).NotNullable();
        Create.Index("ux_model_versions_artifact_key").OnTable("model_versions").OnColumn("artifact_key").Unique();
        Execute.Sql("CREATE UNIQUE INDEX ux_model_versions_champion ON model_versions (state) WHERE state = 'champion'");

        Create.Table("model_manifest_images")
            .WithColumn("version").AsInt64().PrimaryKey().ForeignKey("fk_model_manifest_images_version", "model_versions", "version")
            .WithColumn("sha256").AsString(64).PrimaryKey()
            .WithColumn("label").AsString(50).NotNullable()
            .WithColumn("split").AsString(20).NotNullable();

        Create.Table("model_events")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("version").AsInt64().NotNullable().ForeignKey("fk_model_events_version", "model_versions", "version")
            .WithColumn("from_state").AsString(20).NotNullable()
            .WithColumn("to_state").AsString(20).NotNullable()
            .WithColumn("reason").AsString(int.MaxValue).NotNullable()
            .WithColumn("at").AsCustom(ColumnTypes.Time).NotNullable();
        Create.Index("ix_model_events_version").OnTable("model_events").OnColumn("version").Ascending();
    }
}
