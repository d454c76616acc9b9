namespace DandelionMl.Data.Migrations;

/// <summary>Pipelines: their runs, with steps, triggers and log.</summary>
internal sealed class PipelineSchema() : Migration(4, "Pipelines")
{
    public override string Sql(ColumnTypes types) =>
        $"""
        -- One row for each pipeline: the lock of its queue, and how far its schedule has been served.
        CREATE TABLE pipelines (
            id varchar(100) NOT NULL CONSTRAINT "PK_pipelines" PRIMARY KEY,
            revision {types.Long} NOT NULL,
            cron varchar(200),
            time_zone varchar(100),
            scheduled_until timestamp with time zone);

        CREATE TABLE pipeline_runs (
            id {types.Identity("pipeline_runs")},
            pipeline varchar(100) NOT NULL,
            state varchar(20) NOT NULL,
            attempt integer NOT NULL,
            parameters text NOT NULL,
            created_at timestamp with time zone NOT NULL,
            started_at timestamp with time zone,
            finished_at timestamp with time zone,
            retry_at timestamp with time zone,
            reason text,
            owner varchar(300),
            lease varchar(40),
            heartbeat_at timestamp with time zone,
            cancel_requested_by varchar(200));
        CREATE INDEX ix_pipeline_runs_pipeline ON pipeline_runs (pipeline, id);
        CREATE INDEX ix_pipeline_runs_state ON pipeline_runs (state, id);

        -- One at work and one behind it, whatever the replicas do.
        CREATE UNIQUE INDEX ux_pipeline_runs_active ON pipeline_runs (pipeline) WHERE state IN ('running', 'waiting');
        CREATE UNIQUE INDEX ux_pipeline_runs_queued ON pipeline_runs (pipeline) WHERE state = 'queued';

        CREATE TABLE pipeline_steps (
            run_id {types.Long} NOT NULL CONSTRAINT fk_pipeline_steps_run REFERENCES pipeline_runs (id),
            position integer NOT NULL,
            name varchar(100) NOT NULL,
            state varchar(20) NOT NULL,
            attempt integer NOT NULL,
            attempts_left integer NOT NULL,
            started_at timestamp with time zone,
            finished_at timestamp with time zone,
            retry_at timestamp with time zone,
            reason text,
            output text NOT NULL,
            CONSTRAINT "PK_pipeline_steps" PRIMARY KEY (run_id, position));

        CREATE TABLE pipeline_triggers (
            id {types.Identity("pipeline_triggers")},
            run_id {types.Long} NOT NULL CONSTRAINT fk_pipeline_triggers_run REFERENCES pipeline_runs (id),
            pipeline varchar(100) NOT NULL,
            kind varchar(20) NOT NULL,
            at timestamp with time zone NOT NULL,
            started_by varchar(200),
            scheduled_for timestamp with time zone,
            source_run_id {types.Long});
        CREATE INDEX ix_pipeline_triggers_run ON pipeline_triggers (run_id);
        CREATE INDEX ix_pipeline_triggers_source ON pipeline_triggers (source_run_id);

        -- A time of a schedule fires once.
        CREATE UNIQUE INDEX ux_pipeline_triggers_schedule ON pipeline_triggers (pipeline, scheduled_for)
            WHERE scheduled_for IS NOT NULL;

        CREATE TABLE pipeline_log (
            run_id {types.Long} NOT NULL CONSTRAINT fk_pipeline_log_run REFERENCES pipeline_runs (id),
            number {types.Long} NOT NULL,
            step varchar(100),
            at timestamp with time zone NOT NULL,
            level varchar(20) NOT NULL,
            text text NOT NULL,
            CONSTRAINT "PK_pipeline_log" PRIMARY KEY (run_id, number));
        """;
}
