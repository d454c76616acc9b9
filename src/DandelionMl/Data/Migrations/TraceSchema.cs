namespace DandelionMl.Data.Migrations;

/// <summary>The traces that started pipelines' runs.</summary>
internal sealed class TraceSchema() : Migration(11, "Traces of pipeline runs")
{
    public override string Sql(ColumnTypes types) => "ALTER TABLE pipeline_triggers ADD COLUMN traceparent varchar(55);";
}
