using System.Net;
using DandelionMl.Data;
using DandelionMl.Mlflow.Tests.Support;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Mlflow.Tests.Mirroring;

/// <summary>Servers that fail: nothing is logged twice, nothing is lost, and no training notices.</summary>
public sealed class MlflowFaultTests : IAsyncDisposable
{
    private const int Unavailable = 801;
    private const int Stopped = 802;
    private const int Resumed = 803;
    private const int Mirrored = 804;
    private const int GivenUp = 806;

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeMlflow _server = new();
    private readonly List<MirroredLoop> _loops = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> OtherAnswers => new()
    {
        { "bad gateway", "502" },
        { "too many", "429" },
        { "long answer", "more than 4194304 bytes" },
        { "long answer without a length", "more than 4194304 bytes" },
        { "page", "is it an MLflow server?" },
        { "cut off", "is it an MLflow server?" },
        { "other JSON", "is it an MLflow server?" },
        { "down", "can't be reached" },
        { "redirect", "sends elsewhere" },
        { "no such call", "static prefix" },
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var loop in _loops)
        {
            await loop.DisposeAsync();
        }

        _server.Dispose();
        _folder.Dispose();
    }

    /// <summary>The answer is lost at each request in turn, and the application is started again.</summary>
    [Fact]
    public async Task Crash_after_any_request_leaves_nothing_twice()
    {
        var expected = await MirrorUndisturbedAsync();
        var first = Open();
        await first.AddPhotosAsync();
        await first.LearnAsync();
        var crashes = 0;
        for (var at = 1; ; at++)
        {
            var seen = 0;
            _server.After = _ =>
            {
                if (++seen == at)
                {
                    throw new IOException("The connection was reset.");
                }
            };
            var loop = Open();
            await loop.MirrorAsync();
            if (seen < at)
            {
                break;
            }

            crashes++;
            _server.After = null;
            _time.Advance(TimeSpan.FromMinutes(20));

            await Open().MirrorAsync();
            Assert.Equal(expected, Describe(_server, 0));
            Forget();
            await first.Get<Database>().WriteAsync(session => session.ExecuteAsync("DELETE FROM tracking_outbox"), Token);
        }

        Assert.True(crashes > 20, $"{crashes} requests");
    }

    [Theory]
    [MemberData(nameof(OtherAnswers))]
    public async Task Server_that_does_not_answer_as_MLflow_is_asked_again_later_and_told_of_once(string kind, string told)
    {
        var loop = Open();
        await loop.AddPhotosAsync();
        await loop.LearnAsync();
        _server.Before = _ => Answer(kind);

        for (var i = 0; i < 5; i++)
        {
            await loop.MirrorAsync();
            _time.Advance(TimeSpan.FromHours(2));
        }

        Assert.Contains(told, Assert.Single(loop.Log.Of(Unavailable)), StringComparison.Ordinal);
        Assert.Equal(5, _server.Requests.Count);
        _server.Before = null;
        await loop.MirrorAsync();
        Assert.Single(loop.Log.Of(Resumed));
        Assert.Equal("FINISHED", (string)Assert.Single(_server.Runs)["status"]!);
    }

    [Fact]
    public async Task Server_that_is_down_is_left_alone_for_longer_each_time()
    {
        var loop = Open();
        await loop.AddPhotosAsync();
        await loop.LearnAsync();
        _server.Before = _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        List<int> asked = [];
        for (var second = 0; second < 80; second += 5)
        {
            var before = _server.Requests.Count;
            await loop.MirrorAsync();
            if (_server.Requests.Count > before)
            {
                asked.Add(second);
            }

            _time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal([0, 5, 15, 35, 75], asked);
    }

    [Fact]
    public async Task Slow_server_is_given_up_for_now_and_no_training_waits()
    {
        var loop = Open();
        await loop.AddPhotosAsync();
        await loop.LearnAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.BeforeAsync = async (_, cancellationToken) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return null;
        };
        var mirroring = loop.MirrorAsync();
        await asked.Task.WaitAsync(Token);

        // The server holds a request all the while.
        var second = await loop.LearnAsync();
        Assert.False(mirroring.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(31));
        await mirroring.WaitAsync(Token);

        Assert.Equal(2, second.Version);
        Assert.Contains("did not answer", Assert.Single(loop.Log.Of(Unavailable)), StringComparison.Ordinal);
        _server.BeforeAsync = null;

        // What the server may still do is not looked for before it has had time.
        var before = _server.Requests.Count;
        _time.Advance(TimeSpan.FromSeconds(50));
        await loop.MirrorAsync();
        Assert.DoesNotContain(_server.Runs, run => FakeMlflow.TagsOf(run).GetValueOrDefault("dandelion.version") == "1");
        Assert.True(_server.Requests.Count > before);
        _time.Advance(TimeSpan.FromMinutes(2));
        await loop.MirrorAsync();
        Assert.Equal(2, _server.Runs.Count);
    }

    [Fact]
    public async Task Refused_host_stops_all_tries_until_the_application_is_started_again()
    {
        var loop = Open();
        await loop.AddPhotosAsync();
        await loop.LearnAsync();
        _server.Before = _ => FakeMlflow.Answer(
            HttpStatusCode.Forbidden, "Invalid Host header - possible DNS rebinding attack detected", "text/plain");
        for (var i = 0; i < 3; i++)
        {
            await loop.MirrorAsync();
            _time.Advance(TimeSpan.FromHours(12));
        }

        Assert.Single(_server.Requests);
        Assert.Contains("--allowed-hosts 'mlflow.test:5000'", Assert.Single(loop.Log.Of(Stopped)), StringComparison.Ordinal);

        _server.Before = null;
        await Open().MirrorAsync();
        Assert.Single(_server.Runs);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "does not accept the credentials (401)")]
    [InlineData(HttpStatusCode.Forbidden, "permission to edit")]
    public async Task Credentials_that_do_not_do_are_told_of_once_without_them(HttpStatusCode status, string told)
    {
        var loop = Open(options => (options.Username, options.Password) = ("mirror", "hunter2-secret"));
        await loop.AddPhotosAsync();
        await loop.LearnAsync();
        _server.Before = _ => FakeMlflow.Answer(status, "Permission denied", "text/html");
        for (var i = 0; i < 20; i++)
        {
            await loop.MirrorAsync();
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Single(_server.Requests);
        Assert.Single(loop.Log.All, line => line.Contains(told, StringComparison.Ordinal));
        Assert.DoesNotContain(loop.Log.All, line => line.Contains("hunter2", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", await ErrorAsync(loop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Training_that_is_refused_keeps_no_other_from_the_server_and_is_given_up_in_the_end()
    {
        var loop = Open();
        await loop.AddPhotosAsync();
        await loop.TrainAsync();
        await loop.LearnAsync();
        string? refused = null;
        _server.Before = request => request.RequestUri!.AbsolutePath.EndsWith("/log-inputs", StringComparison.Ordinal)
            && (refused ??= (string)_server.Runs[0]["run_id"]!) is { } id && Body(request).Contains($"\"run_id\":\"{id}\"", StringComparison.Ordinal)
            ? FakeMlflow.Answer(HttpStatusCode.BadRequest, """{"error_code": "INVALID_PARAMETER_VALUE", "message": "no"}""")
            : null;
        for (var i = 0; i < 6; i++)
        {
            await loop.MirrorAsync();
            _time.Advance(TimeSpan.FromHours(7));
        }

        Assert.Equal("2", FakeMlflow.TagsOf(Assert.Single(_server.Versions))["dandelion.version"]);
        Assert.Equal("1", _server.Aliases["champion"]);
        Assert.Contains("version 1", Assert.Single(loop.Log.Of(GivenUp)), StringComparison.Ordinal);
        var asked = _server.Requests.Count;
        await loop.MirrorAsync();
        Assert.Equal(asked, _server.Requests.Count);
    }

    [Fact]
    public async Task Run_that_was_deleted_on_the_server_is_not_made_again()
    {
        var loop = Open();
        await loop.AddPhotosAsync();
        await loop.TrainAsync();
        await loop.MirrorAsync();
        _server.Runs[0]["lifecycle_stage"] = "deleted";

        await loop.Get<IModelRegistry>().PromoteAsync(1, "by hand", "anna", cancellationToken: Token);
        await loop.MirrorAsync();

        Assert.Single(_server.Runs);
        Assert.Single(loop.Log.Of(GivenUp));
    }

    [Fact]
    public async Task Experiment_that_was_deleted_on_the_server_is_told_of_and_waited_for()
    {
        var loop = Open();
        await loop.AddPhotosAsync();
        await loop.TrainAsync();
        _server.Experiments["DINOv2_Classifier"] = new() { ["experiment_id"] = "7", ["lifecycle_stage"] = "deleted" };
        await loop.MirrorAsync();
        Assert.Contains("was deleted on MLflow", Assert.Single(loop.Log.Of(Unavailable)), StringComparison.Ordinal);

        _server.Experiments["DINOv2_Classifier"]["lifecycle_stage"] = "active";
        _time.Advance(TimeSpan.FromMinutes(6));
        await loop.MirrorAsync();

        Assert.Equal("7", (string)Assert.Single(_server.Runs)["experiment_id"]!);
    }

    [Fact]
    public async Task Server_that_lost_its_database_gets_all_of_it_again()
    {
        var loop = Open();
        await loop.AddPhotosAsync();
        await loop.TrainAsync();
        await loop.MirrorAsync();
        Forget();

        await loop.Get<IModelRegistry>().PromoteAsync(1, "by hand", "anna", cancellationToken: Token);
        await loop.MirrorAsync();

        Assert.Equal("FINISHED", (string)Assert.Single(_server.Runs)["status"]!);
        Assert.Equal("1", _server.Aliases["champion"]);
    }

    [Fact]
    public async Task Two_replicas_do_not_mirror_at_once()
    {
        var (one, other) = (Open(), Open());
        await one.AddPhotosAsync();
        await one.LearnAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.BeforeAsync = async (_, _) =>
        {
            asked.TrySetResult();
            await release.Task;
            return null;
        };
        var first = one.MirrorAsync();
        await asked.Task.WaitAsync(Token);
        await other.MirrorAsync();
        Assert.Single(_server.Requests);

        release.SetResult();
        await first;
        await other.MirrorAsync();

        Assert.Single(_server.Runs);
        Assert.Empty(other.Log.Of(Mirrored));
    }

    [Fact]
    public async Task Process_that_lost_its_lease_sends_nothing_more()
    {
        var (one, other) = (Open(), Open());
        await one.AddPhotosAsync();
        await one.LearnAsync();
        _server.BeforeAsync = async (request, _) =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/log-batch", StringComparison.Ordinal))
            {
                // The process sleeps for so long that it counts as gone, and wakes up when another has done all.
                _server.BeforeAsync = null;
                _time.Advance(TimeSpan.FromMinutes(5));
                await other.MirrorAsync();
            }

            return null;
        };

        await one.MirrorAsync();

        Assert.Single(other.Log.Of(Mirrored));
        var asked = _server.Requests.Count;
        _time.Advance(TimeSpan.FromHours(1));
        await one.MirrorAsync();
        Assert.Equal(asked, _server.Requests.Count);
        Assert.Single(_server.Runs);
        Assert.Single(_server.Versions);
        Assert.Single(_server.Models);
    }

    private static HttpResponseMessage Answer(string kind) => kind switch
    {
        "bad gateway" => FakeMlflow.Answer(HttpStatusCode.BadGateway, "<html>nginx</html>", "text/html"),
        "too many" => FakeMlflow.Answer(HttpStatusCode.TooManyRequests, ""),
        "long answer" => FakeMlflow.Answer(HttpStatusCode.OK, new string(' ', 10_000_000)),
        "long answer without a length" => new(HttpStatusCode.OK) { Content = new StreamContent(new EndlessStream()) },
        "page" => FakeMlflow.Answer(HttpStatusCode.OK, "<html>Sign in</html>", "text/html"),
        "cut off" => FakeMlflow.Answer(HttpStatusCode.OK, """{"experiment": {"experi"""),
        "other JSON" => FakeMlflow.Answer(HttpStatusCode.OK, "[1, 2]"),
        "no such call" => FakeMlflow.Answer(HttpStatusCode.NotFound, "<html>Not Found</html>", "text/html"),
        "down" => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"),
        "redirect" => new(HttpStatusCode.Found) { Headers = { Location = new Uri("https://login.test/start?secret=1") } },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An unknown kind."),
    };

    private static string Body(HttpRequestMessage request) => request.Content!.ReadAsStringAsync(Token).GetAwaiter().GetResult();

    private static async Task<string> ErrorAsync(MirroredLoop loop) => await loop.Get<Database>().ReadAsync(
        session => session.ScalarAsync<string>("SELECT error FROM tracking_outbox"), Token) ?? "";

    /// <summary>What there is of one training, without ids and times.</summary>
    private static string Describe(FakeMlflow server, int run) => string.Join('\n',
        (IEnumerable<object>)
        [
            server.Runs.Count, server.Models.Count, server.Versions.Count, server.Files.Count, (string)server.Runs[run]["status"]!,
            (string)server.Models[run]["status"]!, server.Runs[run]["metrics"]!.AsArray().Count, server.Runs[run]["params"]!.AsArray().Count,
            server.Runs[run]["outputs"]!.AsArray().Count, server.Runs[run]["tags"]!.AsArray().Count, string.Join(',', server.Aliases.Keys),
        ]);

    private async Task<string> MirrorUndisturbedAsync()
    {
        using var folder = new TemporaryFolder();
        using var server = new FakeMlflow();
        await using var loop = new MirroredLoop(folder.Path, server, _time);
        await loop.AddPhotosAsync();
        await loop.LearnAsync();
        await loop.MirrorAsync();
        return Describe(server, 0);
    }

    /// <summary>The server has nothing any more, and the database has forgotten what it gave it.</summary>
    private void Forget()
    {
        _server.Experiments.Clear();
        _server.Runs.Clear();
        _server.Models.Clear();
        _server.Versions.Clear();
        _server.Aliases.Clear();
        _server.RegisteredModels.Clear();
        _server.Files.Clear();
    }

    private MirroredLoop Open(Action<MlflowOptions>? configure = null)
    {
        var loop = new MirroredLoop(_folder.Path, _server, _time, configure);
        _loops.Add(loop);
        return loop;
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Array.Fill(buffer, (byte)' ', offset, count);
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
