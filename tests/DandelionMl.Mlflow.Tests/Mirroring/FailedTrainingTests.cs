using DandelionMl.Data;
using DandelionMl.Mlflow.Tests.Support;
using DandelionMl.Pipelines;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Mlflow.Tests.Mirroring;

/// <summary>Trainings that made no version, and what is measured of mirroring.</summary>
public sealed class FailedTrainingTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeMlflow _server = new();
    private readonly MirroredLoop _loop;

    public FailedTrainingTests() => _loop = new MirroredLoop(_folder.Path, _server, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Training_that_failed_is_a_failed_run_with_its_reason_until_it_is_resumed_and_succeeds()
    {
        var runner = _loop.Get<PipelineRunner>();
        var failed = await runner.RunAsync(PipelineIds.Train, "test", cancellationToken: Token);
        Assert.Equal(PipelineState.Failed, failed.Run.State);
        await _loop.MirrorAsync();

        var run = Assert.Single(_server.Runs);
        Assert.Equal(("dag_run", "FAILED"), ((string)run["run_name"]!, (string)run["status"]!));
        Assert.Contains("no stored image", FakeMlflow.TagsOf(run)["dandelion.reason"], StringComparison.Ordinal);
        Assert.Equal(Environment.MachineName, FakeMlflow.TagsOf(run)["host"]);
        Assert.Empty(_server.Models);

        await _loop.AddPhotosAsync();
        await runner.RetryAsync(failed.Run.Id, "test", cancellationToken: Token);
        await _loop.MirrorAsync();

        Assert.Equal("FINISHED", (string)Assert.Single(_server.Runs)["status"]!);
        Assert.Equal("1", _server.Aliases["champion"]);
        Assert.Equal([ModelState.Champion], (await _loop.Get<IModelRegistry>().ListAsync(Token)).Select(version => version.State));
    }

    [Fact]
    public async Task What_waits_and_what_came_of_it_is_measured()
    {
        using var measured = new Measurements(_loop.Services);
        _loop.Get<DandelionMl.Tracking.TrackingTelemetry>();
        await _loop.AddPhotosAsync();
        await _loop.LearnAsync();
        _time.Advance(TimeSpan.FromSeconds(90));
        _server.Before = _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");

        await _loop.MirrorAsync();
        measured.Observe();
        Assert.Equal([(1, "")], measured.Of("dandelionml.tracking.waiting"));
        Assert.Equal([(90, "")], measured.Of("dandelionml.tracking.oldest_age"));

        _server.Before = null;
        _time.Advance(TimeSpan.FromSeconds(10));
        await _loop.MirrorAsync();
        measured.Observe();
        Assert.Equal((0, ""), measured.Of("dandelionml.tracking.waiting")[^1]);
        Assert.Equal(
            [(1, "dandelionml.tracking.result=failed"), (1, "dandelionml.tracking.result=mirrored")], measured.Of("dandelionml.tracking.results"));
        Assert.Equal([(1, "dandelionml.server=mlflow")], measured.Of("dandelionml.retries"));
    }

    [Fact]
    public async Task Many_that_wait_are_bounded()
    {
        await _loop.AddPhotosAsync();
        await _loop.TrainAsync();
        await _loop.Get<Database>().WriteAsync(
            session => session.ExecuteAsync(
                """
                INSERT INTO model_versions (state, artifact_key, artifact_folder, artifact_number, artifact_sha256, backbone_id, backbone_sha256,
                    preprocessing_id, labels, options, metrics, manifest_sha256, created_at, environment, epochs)
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
                SELECT 'rejected', 'k' || i, 'f', i, 's', 'b', 's', 'p', '[]', '{}', metrics, 'm', created_at, '{}', '[]' FROM n, model_versions;
                INSERT INTO model_events (version, from_state, to_state, reason, at, action, actor)
                SELECT version, 'reserved', 'candidate', 'r', created_at, 'register', 'a' FROM model_versions WHERE version > 1
                """),
            Token);

        var waiting = await _loop.Get<DandelionMl.Tracking.TrackingOutbox>().ListAsync(TimeSpan.FromDays(30), Token);

        Assert.Equal(1_000, waiting.Count);
        Assert.Equal(502, waiting[0].Id);
    }
}
