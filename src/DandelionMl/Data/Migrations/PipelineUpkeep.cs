namespace DandelionMl.Data.Migrations;

/// <summary>What keeps pipelines tidy: who still works on one, and who sweeps old runs out.</summary>
internal sealed class PipelineUpkeep() : Migration(6, "Pipelines: holds and sweeps")
{
    public override string Sql(ColumnTypes types) =>
        $"""
        -- While a step that was given up still works, no run of its pipeline is taken up.
        ALTER TABLE pipelines ADD COLUMN held_by varchar(40);
        ALTER TABLE pipelines ADD COLUMN held_run {types.Long};
        ALTER TABLE pipelines ADD COLUMN held_until timestamp with time zone;

        -- One row: of all replicas, one sweeps at a time.
        CREATE TABLE pipeline_sweeps (
            id integer NOT NULL PRIMARY KEY,
            lease varchar(40),
            lease_until timestamp with time zone,
            swept_at timestamp with time zone);
        INSERT INTO pipeline_sweeps (id) VALUES (1);
        """;
}
