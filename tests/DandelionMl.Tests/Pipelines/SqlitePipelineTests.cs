using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Pipelines;

public sealed class SqlitePipelineRunTests() : PipelineRunSuite(new SqliteFile());

public sealed class SqlitePipelineQueueTests() : PipelineQueueSuite(new SqliteFile());

public sealed class SqlitePipelineCrashTests() : PipelineCrashSuite(new SqliteFile());

public sealed class SqlitePipelineStopTests() : PipelineStopSuite(new SqliteFile());

public sealed class SqlitePipelineRetentionTests() : PipelineRetentionSuite(new SqliteFile());

public sealed class SqlitePipelineScheduleTests() : PipelineScheduleSuite(new SqliteFile());

public sealed class SqlitePipelineTermsTests() : PipelineTermsSuite(new SqliteFile());

public sealed class SqlitePipelineLeaseTests() : PipelineLeaseSuite(new SqliteFile());
