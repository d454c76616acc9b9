using DandelionMl.Data;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Pipelines;

public sealed class SqlitePipelineRunTests : PipelineRunSuite
{
    private readonly TemporaryFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override DatabaseProvider OpenProvider() => new SqliteProvider(_folder.Sub("dandelion.db"));
}

public sealed class SqlitePipelineQueueTests : PipelineQueueSuite
{
    private readonly TemporaryFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override DatabaseProvider OpenProvider() => new SqliteProvider(_folder.Sub("dandelion.db"));
}

public sealed class SqlitePipelineCrashTests : PipelineCrashSuite
{
    private readonly TemporaryFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override DatabaseProvider OpenProvider() => new SqliteProvider(_folder.Sub("dandelion.db"));
}

public sealed class SqlitePipelineScheduleTests : PipelineScheduleSuite
{
    private readonly TemporaryFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override DatabaseProvider OpenProvider() => new SqliteProvider(_folder.Sub("dandelion.db"));
}
