namespace DandelionMl.Data.Migrations;

/// <summary>What people changed in the training set, and indexes to look for photos with.</summary>
internal sealed class CurationSchema() : Migration(5, "Curation")
{
    public override string Sql(ColumnTypes types) =>
        $"""
        CREATE TABLE curation_events (
            id {types.Identity("curation_events")},
            image_id {types.Long} NOT NULL CONSTRAINT fk_curation_events_image REFERENCES plants_data (id),
            action varchar(20) NOT NULL,
            from_label varchar(50) NOT NULL,
            to_label varchar(50) NOT NULL,
            reason text,
            actor varchar(200) NOT NULL,
            at timestamp with time zone NOT NULL);
        CREATE INDEX ix_curation_events_image ON curation_events (image_id);

        -- Each holds all that counting by it needs, so that the table itself is not read.
        CREATE INDEX ix_plants_data_label ON plants_data (label, state, id);
        CREATE INDEX ix_plants_data_created_at ON plants_data (created_at, label, state);
        """;
}
