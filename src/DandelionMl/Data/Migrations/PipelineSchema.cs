using FluentMigrator;

namespace DandelionMl.Data.Migrations;

/// <summary>Pipelines: their runs, with steps, triggers and log.</summary>
[Migration(Version, "Pipelines")]
internal sealed class PipelineSchema : ForwardOnlyMigration
{
    public const long Version = 4;

    public override void Up()
    {
        // One row for each pipeline: the lock of its queue, and how far its schedule has been served.
        Create.Table("pipelines")
            .WithColumn("id").AsString(100).PrimaryKey()
            .WithColumn("revision").AsInt64().NotNullable()
            .WithColumn("cron").AsString(200).Nullable()
            .WithColumn("time_zone").AsString(100).Nullable()
            .WithColumn("scheduled_until").AsCustom(ColumnTypes.Time).Nullable();
        CreateRuns();
        CreateSteps();
        CreateTriggers();
        Create.Table("pipeline_log")
            .WithColumn("run_id").AsInt64().PrimaryKey().ForeignKey("fk_pipeline_log_run", "pipeline_runs", "id")
            .WithColumn("number").AsInt64().PrimaryKey()
            .WithColumn("step").AsString(100).Nullable()
            .WithColumn("at").AsCustom(ColumnTypes.Time).NotNullable()
            .WithColumn("level").AsString(20).NotNullable()
            .WithColumn("text").AsString(int.MaxValue).NotNullable();
    }

    private void CreateRuns()
    {
        Create.Table("pipeline_runs")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("pipeline").AsString(100).NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("attempt").AsInt32().NotNullable()
            .WithColumn("parameters").AsString(int.MaxValue).NotNullable()
            .WithColumn("created_at").AsCustom(ColumnTypes.Time).NotNullable()
            .WithColumn("started_at").AsCustom(ColumnTypes.Time).Nullable()
            .WithColumn("finished_at").AsCustom(ColumnTypes.Time).Nullable()
            .WithColumn("retry_at").AsCustom(ColumnTypes.Time).Nullable()
            .WithColumn("reason").AsString(int.MaxValue).Nullable()
            .WithColumn("owner").AsString(300).Nullable()
            .WithColumn("lease").AsString(40).Nullable()
            .WithColumn("heartbeat_at").AsCustom(ColumnTypes.Time).Nullable()
            .WithColumn("cancel_requested_by").AsString(200).Nullable();
        Create.Index("ix_pipeline_runs_pipeline").OnTable("pipeline_runs").OnColumn("pipeline").Ascending().OnColumn("id").Ascending();
        Create.Index("ix_pipeline_runs_state").OnTable("pipeline_runs").OnColumn("state").Ascending().OnColumn("id").Ascending();

        // One at work and one behind it, whatever the replicas do.
        Execute.Sql("CREATE UNIQUE INDEX ux_pipeline_runs_active ON pipeline_runs (pipeline) WHERE state IN ('running', 'waiting')");
        Execute.Sql("CREATE UNIQUE INDEX ux_pipeline_runs_queued ON pipeline_runs (pipeline) WHERE state = 'queued'");
    }

    private void CreateSteps() => Create.Table("pipeline_steps")
        .WithColumn("run_id").AsInt64().PrimaryKey().ForeignKey("fk_pipeline_steps_run", "pipeline_runs", "id")
        .WithColumn("position").AsInt32().PrimaryKey()
        .WithColumn("name").AsString(100).NotNullable()
        .WithColumn("state").AsString(20).NotNullable()
        .WithColumn("attempt").AsInt32().NotNullable()
        .WithColumn("attempts_left").AsInt32().NotNullable()
        .WithColumn("started_at").AsCustom(ColumnTypes.Time).Nullable()
        .WithColumn("finished_at").AsCustom(ColumnTypes.Time).Nullable()
        .WithColumn("retry_at").AsCustom(ColumnTypes.Time).Nullable()
        .WithColumn("reason").AsString(int.MaxValue).Nullable()
        .WithColumn("output").AsString(int.MaxValue).NotNullable();

    private void CreateTriggers()
    {
        Create.Table("pipeline_triggers")
            .WithColumn("id").AsInt64().PrimaryKey().Identity()
            .WithColumn("run_id").AsInt64().NotNullable().ForeignKey("fk_pipeline_triggers_run", "pipeline_runs", "id")
            .WithColumn("pipeline").AsString(100).NotNullable()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("at").AsCustom(ColumnTypes.Time).NotNullable()
            .WithColumn("started_by").AsString(200).Nullable()
            .WithColumn("scheduled_for").AsCustom(ColumnTypes.Time).Nullable()
            .WithColumn("source_run_id").AsInt64().Nullable();
        Create.Index("ix_pipeline_triggers_run").OnTable("pipeline_triggers").OnColumn("run_id").Ascending();
        Create.Index("ix_pipeline_triggers_source").OnTable("pipeline_triggers").OnColumn("source_run_id").Ascending();

        // A time of a schedule fires once.
        Execute.Sql(
            "CREATE UNIQUE INDEX ux_pipeline_triggers_schedule ON pipeline_triggers (pipeline, scheduled_for) WHERE scheduled_for IS NOT NULL");
    }
}
