using FluentMigrator;

namespace DandelionMl.Data.Migrations;

/// <summary>What people changed in the training set, and indexes to look for photos with.</summary>
[Migration(Version, "Curation")]
internal sealed class CurationSchema : ForwardOnlyMigration
{
    public const long Version = 5;

    public override void Up()
    {
        Create.Table("curation_events")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("image_id").AsInt64().NotNullable().ForeignKey("fk_curation_events_image", "plants_data", "id")
            .WithColumn("action").AsString(20).NotNullable()
            .WithColumn("from_label").AsString(50).NotNullable()
            .WithColumn("to_label").AsString(50).NotNullable()
            .WithColumn("reason").AsString(int.MaxValue).Nullable()
            .WithColumn("actor").AsString(200).NotNullable()
            .WithColumn("at").AsCustom(ColumnTypes.Time).NotNullable();
        Create.Index("ix_curation_events_image").OnTable("curation_events").OnColumn("image_id").Ascending();

        // Each holds all that counting by it needs, so that the table itself is not read.
        Create.Index("ix_plants_data_label").OnTable("plants_data")
            .OnColumn("label").Ascending().OnColumn("state").Ascending().OnColumn("id").Ascending();
        Create.Index("ix_plants_data_created_at").OnTable("plants_data")
            .OnColumn("created_at").Ascending().OnColumn("label").Ascending().OnColumn("state").Ascending();
    }
}
