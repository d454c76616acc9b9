using System.Net;
using System.Text.Json.Nodes;
using DandelionMl.Mlflow.Client;

namespace DandelionMl.Mlflow.Tests.Client;

/// <summary>The client against what real servers were asked and answered.</summary>
public sealed class RecordedExchangeTests
{
    private static readonly MlflowOptions Options = new() { TrackingUri = new Uri("http://127.0.0.1:5000"), Workspace = "nobody" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Servers => [Recording.Newest, Recording.Oldest];

    /// <summary>Whatever a server answers, the client makes a success or a short, known error of it.</summary>
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Every_answer_is_understood(string file)
    {
        var exchanges = Recording.Read(file);
        foreach (var exchange in exchanges)
        {
            using var server = new OneAnswer(exchange);
            using var transport = new MlflowTransport(Options, server, TimeProvider.System);
            var isJson = exchange.Json is JsonObject;
            var asked = transport.GetAsync("api/2.0/mlflow/any", MlflowJson.Default.Nothing, Token);
            if (exchange.Status < 300 && isJson)
            {
                await asked;
                continue;
            }

            var thrown = await Assert.ThrowsAsync<MlflowException>(() => asked);
            Assert.Equal(Expected(exchange), thrown.Failure);
            Assert.InRange(thrown.Message.Length, 1, 600);
        }

        Assert.True(exchanges.Count > 30);
    }

    /// <summary>Each call of the client is one that the server took, and has no field that the newest one was not seen to take: an older one
    /// leaves out what it does not know.</summary>
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Calls_are_those_that_the_server_took(string file)
    {
        var taken = Recording.Read(file).Where(exchange => exchange.Status is >= 200 and < 300).ToList();
        using var server = new Replay(taken, Recording.Read(Recording.Newest));
        using var transport = new MlflowTransport(
            new MlflowOptions { TrackingUri = new Uri("http://127.0.0.1:5000") }, server, TimeProvider.System);
        var client = new MlflowClient(transport);
        var isNew = file == Recording.Newest;

        var experiment = await client.FindExperimentAsync("DINOv2_Classifier", Token);
        Assert.Equal(("1", "active"), (experiment?.ExperimentId, experiment?.LifecycleStage));
        Assert.Equal("1", await client.CreateExperimentAsync("DINOv2_Classifier", Token));
        var run = await client.CreateRunAsync(new CreateRun("1", "dag_run", 1, [new Tag("source", "dag_run")]), Token);
        Assert.StartsWith("mlflow-artifacts:/1/", run.ArtifactUri, StringComparison.Ordinal);
        Assert.Equal(32, run.RunId?.Length);
        Assert.NotNull(await client.FindRunAsync("1", "source", "dag_run", Token));
        Assert.Equal("active", (await client.GetRunAsync(run.RunId!, Token))?.Info?.LifecycleStage);
        await client.LogBatchAsync(
            new LogBatch(run.RunId!)
            {
                Metrics = [new Metric("train_loss", 0.5, 1, 1), new Metric("bad", double.NaN, 1, 1)],
                Params = [new Param("epochs", "5")],
                Tags = [new Tag("host", "h")],
            },
            Token);
        await client.UpdateRunAsync(new UpdateRun(run.RunId!, "FINISHED", 2), Token);
        await client.UploadAsync(run.ArtifactUri!, "confusion.json", "{}"u8.ToArray(), "application/json", Token);
        await client.CreateRegisteredModelAsync("dandelion", Token);
        Assert.Equal("1", await client.CreateModelVersionAsync(
            new CreateModelVersion("dandelion", "mlflow-artifacts:/1/x/artifacts/model", run.RunId!, []) { ModelId = isNew ? "m-1" : null }, Token));
        await client.SetAliasAsync(new AliasRequest("dandelion", "champion", "1"), Token);
        if (!isNew)
        {
            return;
        }

        await client.LogInputsAsync(
            new LogInputs(run.RunId!, [new DatasetInput(new Dataset("d", "1", "code", "{}", "{}"), [new Tag("mlflow.data.context", "training")])]), Token);
        await client.LogOutputsAsync(new LogOutputs(run.RunId!, [new ModelOutput("m-1", 3)]), Token);
        var model = await client.CreateLoggedModelAsync(new CreateLoggedModel("1", "dandelion", "image-classifier", run.RunId!, [], []), Token);
        Assert.StartsWith("m-", model.ModelId, StringComparison.Ordinal);
        Assert.NotNull(await client.FindLoggedModelAsync("1", "dandelion.version", "7", Token));
        Assert.NotNull(await client.GetLoggedModelAsync(model.ModelId!, Token));
        await client.TagLoggedModelAsync(model.ModelId!, [new Tag("a", "b")], Token);
        await client.FinalizeLoggedModelAsync(new FinalizeLoggedModel(model.ModelId!, "LOGGED_MODEL_READY"), Token);
        Assert.Equal("1", await client.FindModelVersionAsync("dandelion", "dandelion.version", "7", Token));
        await client.TagModelVersionAsync(new VersionTag("dandelion", "1", "approved", "yes"), Token);
        await client.DescribeModelVersionAsync(new UpdateModelVersion("dandelion", "1", "better"), Token);
        Assert.NotNull(await client.FindRegisteredModelAsync("dandelion", Token));
        await client.RemoveAliasAsync(new AliasRequest("dandelion", "champion"), Token);
    }

    [Theory]
    [InlineData("/api/2.0/mlflow/experiments/get-by-name?experiment_name=DINOv2_Classifier", 404)]
    [InlineData("/api/2.0/mlflow/registered-models/get?name=dandelion", 404)]
    public async Task What_is_not_there_is_null(string path, int status)
    {
        using var server = new Replay([.. Recording.Read(Recording.Newest).Where(exchange => exchange.Path == path && exchange.Status == status)]);
        using var transport = new MlflowTransport(
            new MlflowOptions { TrackingUri = new Uri("http://127.0.0.1:5000") }, server, TimeProvider.System);
        var client = new MlflowClient(transport);

        Assert.Null(path.Contains("experiment", StringComparison.Ordinal)
            ? await client.FindExperimentAsync("DINOv2_Classifier", Token)
            : await client.FindRegisteredModelAsync("dandelion", Token));
    }

    [Fact]
    public async Task Numbers_that_are_none_go_as_texts_and_bodies_have_a_length()
    {
        JsonObject? sent = null;
        using var server = new Sink((request, body) =>
        {
            Assert.Equal(body.Length, request.Content!.Headers.ContentLength);
            Assert.Equal("application/json", request.Content.Headers.ContentType?.ToString());
            sent = JsonNode.Parse(body)!.AsObject();
        });
        using var transport = new MlflowTransport(Options, server, TimeProvider.System);

        await new MlflowClient(transport).LogBatchAsync(
            new LogBatch("r")
            {
                Metrics =
                [
                    new Metric("a", double.NaN, 1, 1), new Metric("b", double.PositiveInfinity, 1, 1), new Metric("c", double.NegativeInfinity, 1, 1),
                    new Metric("d", 1, 1, 1),
                ],
            },
            Token);

        Assert.Equal(["NaN", "Infinity", "-Infinity", "1"], sent!["metrics"]!.AsArray().Select(metric => metric!["value"]!.ToString()));
        Assert.Equal(["metrics", "run_id"], sent.Select(field => field.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_request_names_workspace_user_and_sender()
    {
        var options = new MlflowOptions { TrackingUri = new Uri("http://host/tracking"), Workspace = "team-a", Username = "ann", Password = "p:w" };
        using var server = new Sink((request, _) =>
        {
            Assert.Equal("http://host/tracking/api/2.0/mlflow/runs/update", request.RequestUri!.AbsoluteUri);
            Assert.Equal("team-a", request.Headers.GetValues("X-MLFLOW-WORKSPACE").Single());
            Assert.Equal("Basic YW5uOnA6dw==", request.Headers.Authorization?.ToString());
            Assert.StartsWith("DandelionMl/", request.Headers.UserAgent.ToString(), StringComparison.Ordinal);
        });
        using var transport = new MlflowTransport(options, server, TimeProvider.System);

        await new MlflowClient(transport).UpdateRunAsync(new UpdateRun("r", "FINISHED", 1), Token);

        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Token_is_a_bearers()
    {
        using var server = new Sink((request, _) => Assert.Equal("Bearer abc", request.Headers.Authorization?.ToString()));
        using var transport = new MlflowTransport(
            new MlflowOptions { TrackingUri = new Uri("http://host"), Token = "abc" }, server, TimeProvider.System);

        await new MlflowClient(transport).UpdateRunAsync(new UpdateRun("r", "FINISHED", 1), Token);

        Assert.Equal(1, server.Requests);
    }

    private static MlflowFailure Expected(Exchange exchange)
    {
        var code = exchange.Json is JsonObject json ? (string?)json["error_code"] : null;
        return exchange.Status switch
        {
            < 300 => MlflowFailure.Unavailable,
            400 => code == "RESOURCE_ALREADY_EXISTS" ? MlflowFailure.AlreadyExists : MlflowFailure.Refused,
            401 => MlflowFailure.Unauthenticated,
            403 => exchange.Answer.StartsWith("Invalid Host", StringComparison.Ordinal) ? MlflowFailure.HostRefused : MlflowFailure.Forbidden,
            404 when code == "RESOURCE_DOES_NOT_EXIST" => exchange.Answer.Contains("\"Workspace ", StringComparison.Ordinal)
                ? MlflowFailure.Misconfigured
                : MlflowFailure.NotFound,
            404 => MlflowFailure.NotSupported,
            500 => code == "FEATURE_DISABLED" ? MlflowFailure.Misconfigured : MlflowFailure.ServerError,
            501 => MlflowFailure.ServerError,
            503 => MlflowFailure.Unavailable,
            _ => MlflowFailure.Refused,
        };
    }

    private sealed class OneAnswer(Exchange exchange) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(exchange.Respond());
    }

    private sealed class Sink(Action<HttpRequestMessage, byte[]> seen) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            seen(request, request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken));
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}") };
        }
    }

    /// <summary>Answers as the first recorded exchange with the same method, path and fields; there must be one.</summary>
    private sealed class Replay(IReadOnlyList<Exchange> exchanges, IReadOnlyList<Exchange>? newest = null) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = Shape(request.RequestUri!.AbsolutePath);
            var body = request.Content?.Headers.ContentType?.MediaType == "application/json" && request.Method != HttpMethod.Put
                ? JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken))!.AsObject()
                : null;
            var alike = exchanges.Where(exchange => exchange.Method == request.Method.Method && Shape(exchange.Path) == path).ToList();
            Assert.True(alike.Count > 0, $"{request.Method} {path} was never taken.");
            if (body is null)
            {
                var query = request.RequestUri.Query;
                return (alike.FirstOrDefault(exchange => exchange.Path.EndsWith(query, StringComparison.Ordinal)) ?? alike[0]).Respond();
            }

            // Each field was taken of one request or another.
            var known = alike.Concat((newest ?? []).Where(exchange => exchange.Method == request.Method.Method && Shape(exchange.Path) == path));
            var fields = known.SelectMany(exchange => Fields(exchange.Body, "")).ToHashSet(StringComparer.Ordinal);
            Assert.Empty(Fields(body, "").Except(fields));
            return alike.First(exchange => exchange.Json is JsonObject answer && (answer.Count > 0 || alike.All(item => item.Json is JsonObject { Count: 0 }))).Respond();
        }

        private static IEnumerable<string> Fields(JsonNode? node, string path) => node switch
        {
            JsonObject item => item.SelectMany(field => Fields(field.Value, $"{path}.{field.Key}").Prepend($"{path}.{field.Key}")),
            JsonArray list => list.SelectMany(item => Fields(item, path)),
            _ => [],
        };

        /// <summary>A path without the ids in it and without its query.</summary>
        private static string Shape(string path)
        {
            path = path.Split('?')[0];
            return path.Contains("/mlflow-artifacts/", StringComparison.Ordinal)
                ? "artifact"
                : string.Join('/', path.Split('/').Select(part => part.StartsWith("m-", StringComparison.Ordinal) ? "ID" : part));
        }
    }
}
