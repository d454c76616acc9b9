using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Pipelines;

public sealed class SqlitePipelineRunTests() : PipelineRunSuite(new SqliteTestDatabase());

public sealed class SqlitePipelineQueueTests() : PipelineQueueSuite(new SqliteTestDatabase());

public sealed class SqlitePipelineCrashTests() : PipelineCrashSuite(new SqliteTestDatabase());

public sealed class SqlitePipelineScheduleTests() : PipelineScheduleSuite(new SqliteTestDatabase());
