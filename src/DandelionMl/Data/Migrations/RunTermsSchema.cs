namespace DandelionMl.Data.Migrations;

/// <summary>What a program that starts runs says of them: the key that it finds its run by, the group, and the lease that it renews.</summary>
internal sealed class RunTermsSchema() : Migration(13, "Keys, groups and leases of pipeline runs")
{
    public override string Sql(ColumnTypes types) =>
        """
        ALTER TABLE pipeline_runs ADD COLUMN idempotency_key varchar(500);
        ALTER TABLE pipeline_runs ADD COLUMN run_group varchar(500);
        ALTER TABLE pipeline_runs ADD COLUMN caller_lease_seconds integer;
        ALTER TABLE pipeline_runs ADD COLUMN caller_lease_until timestamp with time zone;

        -- A key starts one run, whatever the replicas do.
        CREATE UNIQUE INDEX ux_pipeline_runs_key ON pipeline_runs (pipeline, idempotency_key) WHERE idempotency_key IS NOT NULL;
        """;
}
