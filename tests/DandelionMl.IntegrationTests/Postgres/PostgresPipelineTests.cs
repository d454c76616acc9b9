using DandelionMl.Pipelines;
using DandelionMl.IntegrationTests.Proxies;
using DandelionMl.Tests.Pipelines;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresPipelineRunTests(PostgresFixture postgres) : PipelineRunSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresPipelineQueueTests(PostgresFixture postgres) : PipelineQueueSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresPipelineCrashTests(PostgresFixture postgres) : PipelineCrashSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresPipelineStopTests(PostgresFixture postgres) : PipelineStopSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresPipelineRetentionTests(PostgresFixture postgres) : PipelineRetentionSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresPipelineScheduleTests(PostgresFixture postgres) : PipelineScheduleSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresPipelineTermsTests(PostgresFixture postgres) : PipelineTermsSuite(new PostgresTestDatabase(postgres));

public sealed class PostgresPipelineLeaseTests(PostgresFixture postgres) : PipelineLeaseSuite(new PostgresTestDatabase(postgres));

/// <summary>The server's answers get lost on the way, and whether a transaction took effect is not known.</summary>
public sealed class PostgresPipelineLostAnswerTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_with_the_answer_to_any_commit_lost_ends_like_an_undisturbed_one()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        for (var commit = 1; ; commit++)
        {
            await using var proxy = new InterceptingProxy(database.Server.Port, [.. Enumerable.Repeat("COMMIT\0", commit)], Passage.LosesAnswer);
            PipelineDefinition[] pipelines =
            [
                new($"a-{commit}", "", Step("one", _ => { }), Step("two", context => context.Trigger($"b-{commit}"))),
                new($"b-{commit}", "", Step("only", context => context.Log("once"))),
            ];
            await using var started = database.Open();
            await using var first = new PipelineProcess(started, TimeProvider.System, pipelines);
            await first.Runs.StartAsync($"a-{commit}", "alice", cancellationToken: Cancellation);

            await using var connected = database.Open(port: proxy.Port);
            await using (var process = new PipelineProcess(connected, TimeProvider.System, pipelines))
            {
                await process.WorkAsync();
            }

            Assert.Equal("Succeeded 1 one:Succeeded:1 two:Succeeded:1", await DescribeAsync(first, $"a-{commit}"));
            Assert.Equal("Succeeded 1 only:Succeeded:1", await DescribeAsync(first, $"b-{commit}"));
            var run = Assert.Single((await first.Runs.ListAsync($"b-{commit}", cancellationToken: Cancellation)).Runs);
            Assert.Equal("once", Assert.Single(await first.Runs.ReadLogAsync(run.Id, cancellationToken: Cancellation)).Text);
            if (!proxy.HasHappened)
            {
                // Two claims, and a begin and an end for each of three steps.
                Assert.Equal(9, commit);
                return;
            }
        }
    }

    private static PipelineStep Step(string name, Action<PipelineContext> work) => new(name, context =>
    {
        work(context);
        return Task.CompletedTask;
    });

    private static async Task<string> DescribeAsync(PipelineProcess process, string pipeline)
    {
        var run = Assert.Single((await process.Runs.ListAsync(pipeline, cancellationToken: Cancellation)).Runs);
        return $"{run.State} {run.Triggers.Count} {string.Join(' ', run.Steps.Select(step => $"{step.Name}:{step.State}:{step.Attempt}"))}";
    }
}
