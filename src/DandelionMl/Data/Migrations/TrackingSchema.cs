namespace DandelionMl.Data.Migrations;

/// <summary>Where and how long a model was trained, and what of the trainings is on a tracking server.</summary>
internal sealed class TrackingSchema() : Migration(12, "Experiment tracking")
{
    public override string Sql(ColumnTypes types) =>
        $"""
        ALTER TABLE model_versions ADD COLUMN trained_on varchar(200);
        ALTER TABLE model_versions ADD COLUMN training_seconds {types.Double};

        -- Of all replicas, one writes to a server at a time.
        CREATE TABLE tracking_servers (
            id varchar(64) NOT NULL CONSTRAINT "PK_tracking_servers" PRIMARY KEY,
            lease varchar(40),
            lease_until timestamp with time zone);

        -- One row for each training that was begun to be mirrored; what is not there yet follows from the rows of the trainings.
        CREATE TABLE tracking_outbox (
            server varchar(64) NOT NULL CONSTRAINT fk_tracking_outbox_server REFERENCES tracking_servers (id),
            kind varchar(20) NOT NULL,
            item {types.Long} NOT NULL,
            done {types.Long} NOT NULL,
            ids text NOT NULL,
            attempts integer NOT NULL,
            retry_at timestamp with time zone,
            error text,
            CONSTRAINT "PK_tracking_outbox" PRIMARY KEY (server, kind, item));
        """;
}
