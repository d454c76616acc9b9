using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;

namespace DandelionMl.Mlflow.Tests.Support;

/// <summary>An MLflow server in memory that answers as the recorded ones do, also by what it refuses and what it makes twice; and that fails
/// when a test says so. It allows for one client.</summary>
internal sealed class FakeMlflow : HttpMessageHandler
{
    private const string Api = "/api/2.0/mlflow/";
    private const string Artifacts = "/api/2.0/mlflow-artifacts/artifacts/";

    private readonly Lock _lock = new();
    private int _made;

    /// <summary>Answers in the server's place, or fails, before it does anything; null to let it answer.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?>? Before { get; set; }

    /// <summary>Like <see cref="Before"/>, with what waits.</summary>
    public Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage?>>? BeforeAsync { get; set; }

    /// <summary>Raises an error in the place of the answer, once the request was carried out.</summary>
    public Action<HttpRequestMessage>? After { get; set; }

    /// <summary>Whether it has logged models, as from version 3 on.</summary>
    public bool HasLoggedModels { get; set; } = true;

    /// <summary>Whether files go through it.</summary>
    public bool IsProxy { get; set; } = true;

    /// <summary>What was asked, as method and path.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public Dictionary<string, JsonObject> Experiments { get; } = [];

    public List<JsonObject> Runs { get; } = [];

    public List<JsonObject> Models { get; } = [];

    public List<JsonObject> Versions { get; } = [];

    public Dictionary<string, string> Aliases { get; } = [];

    public HashSet<string> RegisteredModels { get; } = [];

    public Dictionary<string, byte[]> Files { get; } = [];

    public static HttpResponseMessage Answer(HttpStatusCode status, string body, string type = "application/json") =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, type) };

    /// <summary>The values of a metric of a run, in order of their steps.</summary>
    public static List<double> MetricsOf(JsonObject run, string key) =>
        [.. run["metrics"]!.AsArray().Where(metric => (string)metric!["key"]! == key).OrderBy(metric => (long)metric!["step"]!).Select(metric => Number(metric!["value"]!))];

    public static Dictionary<string, string> TagsOf(JsonObject item, string list = "tags") =>
        item[list]!.AsArray().ToDictionary(tag => (string)tag!["key"]!, tag => (string)tag!["value"]!);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Enqueue($"{request.Method} {request.RequestUri!.AbsolutePath}");
        if (BeforeAsync is { } wait && await wait(request, cancellationToken) is { } late)
        {
            return late;
        }

        if (Before?.Invoke(request) is { } instead)
        {
            return instead;
        }

        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        lock (_lock)
        {
            var answer = Handle(request, body);
            After?.Invoke(request);
            return answer;
        }
    }

    private HttpResponseMessage Handle(HttpRequestMessage request, byte[] body)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (request.Method == HttpMethod.Put && path.StartsWith(Artifacts, StringComparison.Ordinal))
        {
            Files[path[Artifacts.Length..]] = body;
            return Answer(HttpStatusCode.OK, "");
        }

        if (!path.StartsWith(Api, StringComparison.Ordinal) || (path.Contains("logged-models", StringComparison.Ordinal) && !HasLoggedModels))
        {
            return Answer(HttpStatusCode.NotFound, "<!doctype html>\n<h1>Not Found</h1>", "text/html");
        }

        var query = HttpUtility.ParseQueryString(request.RequestUri.Query);
        JsonObject? json = null;
        if (request.Content is not null)
        {
            // In chunks, a body is not read at all.
            json = request.Content.Headers.ContentLength is null ? [] : JsonNode.Parse(body)!.AsObject();
        }

        try
        {
            var answer = Call(request.Method, path[Api.Length..], key => query[key]!, json ?? []);
            return Answer(HttpStatusCode.OK, answer.ToJsonString());
        }
        catch (RefusedException refused)
        {
            return Answer(refused.Status, new JsonObject { ["error_code"] = refused.Code, ["message"] = refused.Message }.ToJsonString());
        }
    }

    private JsonObject Call(HttpMethod method, string call, Func<string, string> query, JsonObject body) => (method.Method, call) switch
    {
        ("GET", "experiments/get-by-name") => new() { ["experiment"] = Copy(Experiments.GetValueOrDefault(query("experiment_name")) ?? throw Missing()) },
        ("POST", "experiments/create") => CreateExperiment(Text(body, "name")),
        ("POST", "runs/search") => new() { ["runs"] = new JsonArray([.. Find(Runs, body).Where(IsActive).Select(Show)]) },
        ("POST", "runs/create") => new() { ["run"] = Show(CreateRun(body)) },
        ("GET", "runs/get") => new() { ["run"] = Show(Runs.FirstOrDefault(run => Text(run, "run_id") == query("run_id")) ?? throw Missing()) },
        ("POST", "runs/update") => Change(Run(body), body, "status", "end_time"),
        ("POST", "runs/log-batch") => LogBatch(body),
        ("POST", "runs/log-inputs") => Change(Run(body), body, "datasets"),
        ("POST", "runs/outputs") => LogOutputs(body),
        ("POST", "logged-models/search") => new() { ["models"] = new JsonArray([.. Find(Models, body).Select(ShowModel)]) },
        ("POST", "logged-models") => new() { ["model"] = ShowModel(CreateModel(body)) },
        ("GET", _) when call.StartsWith("logged-models/", StringComparison.Ordinal) => new() { ["model"] = ShowModel(Model(call.Split('/')[1])) },
        ("PATCH", _) when call.EndsWith("/tags", StringComparison.Ordinal) => Tag(Model(call.Split('/')[1]), body["tags"]!.AsArray()),
        ("PATCH", _) when call.StartsWith("logged-models/", StringComparison.Ordinal) => Change(Model(Text(body, "model_id")), body, "status"),
        ("POST", "registered-models/create") => RegisteredModels.Add(Text(body, "name")) ? [] : throw new RefusedException("RESOURCE_ALREADY_EXISTS"),
        ("GET", "registered-models/get") => ShowRegistered(query("name")),
        ("GET", "model-versions/search") => new()
        {
            ["model_versions"] = new JsonArray([.. Versions.Where(version => Holds(version, query("filter"))).Select(Copy)]),
        },
        ("POST", "model-versions/create") => new() { ["model_version"] = Copy(CreateVersion(body)) },
        ("POST", "model-versions/set-tag") => Tag(Version(body), [new JsonObject { ["key"] = Text(body, "key"), ["value"] = Text(body, "value") }]),
        ("PATCH", "model-versions/update") => Change(Version(body), body, "description"),
        ("POST", "registered-models/alias") => SetAlias(body),
        ("DELETE", "registered-models/alias") => RemoveAlias(Text(body, "alias")),
        _ => throw new InvalidOperationException($"{method} {call} is not faked."),
    };

    private JsonObject CreateExperiment(string name)
    {
        if (Experiments.ContainsKey(name))
        {
            throw new RefusedException("RESOURCE_ALREADY_EXISTS");
        }

        Experiments[name] = new() { ["experiment_id"] = NextId(), ["name"] = name, ["lifecycle_stage"] = "active" };
        return new() { ["experiment_id"] = Text(Experiments[name], "experiment_id") };
    }

    private JsonObject CreateRun(JsonObject body)
    {
        var run = body.DeepClone().AsObject();
        var id = NextId();
        run["run_id"] = id;
        run["status"] = "RUNNING";
        run["lifecycle_stage"] = "active";
        run["artifact_uri"] = IsProxy ? $"mlflow-artifacts:/{Text(body, "experiment_id")}/{id}/artifacts" : $"s3://bucket/{id}/artifacts";
        foreach (var list in new[] { "metrics", "params", "outputs", "datasets" })
        {
            run[list] = new JsonArray();
        }

        Runs.Add(run);
        return run;
    }

    private JsonObject LogBatch(JsonObject body)
    {
        var run = Run(body);
        if (run["lifecycle_stage"]!.GetValue<string>() != "active")
        {
            throw new RefusedException("INVALID_PARAMETER_VALUE", "The run must be in the 'active' state.");
        }

        if (List(body, "params").Any(param => TagsOf(run, "params").TryGetValue(Text(param, "key"), out var kept) && kept != Text(param, "value")))
        {
            throw new RefusedException("INVALID_PARAMETER_VALUE", "Changing param values is not allowed.");
        }

        foreach (var param in List(body, "params").Where(param => !TagsOf(run, "params").ContainsKey(Text(param, "key"))))
        {
            run["params"]!.AsArray().Add(Copy(param));
        }

        foreach (var metric in List(body, "metrics").Where(metric => !run["metrics"]!.AsArray().Any(kept => JsonNode.DeepEquals(kept, metric))))
        {
            run["metrics"]!.AsArray().Add(Copy(metric));
        }

        return Tag(run, [.. List(body, "tags").Select(Copy)]);
    }

    private JsonObject LogOutputs(JsonObject body)
    {
        var run = Run(body);
        foreach (var model in List(body, "models"))
        {
            if (run["outputs"]!.AsArray().Any(kept => Text(kept!.AsObject(), "model_id") == Text(model, "model_id")))
            {
                throw new RefusedException("BAD_REQUEST", "(sqlite3.IntegrityError) UNIQUE constraint failed");
            }

            run["outputs"]!.AsArray().Add(Copy(model));
        }

        return [];
    }

    private JsonObject CreateModel(JsonObject body)
    {
        var model = body.DeepClone().AsObject();
        model["model_id"] = $"m-{NextId()}";
        model["status"] = "LOGGED_MODEL_PENDING";
        model["artifact_uri"] = IsProxy ? $"mlflow-artifacts:/{Text(body, "experiment_id")}/models/{Text(model, "model_id")}/artifacts" : "s3://bucket/models";
        Models.Add(model);
        return model;
    }

    private JsonObject CreateVersion(JsonObject body)
    {
        if (!RegisteredModels.Contains(Text(body, "name")))
        {
            throw Missing();
        }

        var version = body.DeepClone().AsObject();
        version["version"] = $"{Versions.Count + 1}";
        Versions.Add(version);
        return version;
    }

    private JsonObject ShowRegistered(string name) => RegisteredModels.Contains(name)
        ? new()
        {
            ["registered_model"] = new JsonObject
            {
                ["name"] = name,
                ["aliases"] = new JsonArray([.. Aliases.Select(alias => new JsonObject { ["alias"] = alias.Key, ["version"] = alias.Value })]),
            },
        }
        : throw Missing();

    private JsonObject SetAlias(JsonObject body)
    {
        Aliases[Text(body, "alias")] = Text(Version(body), "version");
        return [];
    }

    private JsonObject RemoveAlias(string alias)
    {
        Aliases.Remove(alias);
        return [];
    }

    private static JsonObject Tag(JsonObject item, JsonArray tags)
    {
        var kept = item["tags"]!.AsArray();
        foreach (var tag in tags.Select(tag => tag!.AsObject()))
        {
            kept.RemoveAll(old => (string)old!["key"]! == Text(tag, "key"));
            kept.Add(Copy(tag));
        }

        return [];
    }

    private static JsonObject Change(JsonObject item, JsonObject body, params string[] names)
    {
        foreach (var name in names)
        {
            item[name] = body[name]!.DeepClone();
        }

        return [];
    }

    private static IEnumerable<JsonObject> Find(List<JsonObject> all, JsonObject search) =>
        all.Where(item => search["experiment_ids"]!.AsArray().Any(id => (string)id! == Text(item, "experiment_id")) && Holds(item, Text(search, "filter")));

    /// <summary>Whether the one tag that is asked for is there.</summary>
    private static bool Holds(JsonObject item, string filter)
    {
        var (tag, value) = (filter.Split('`')[1], filter.Split('\'')[^2]);
        return TagsOf(item).GetValueOrDefault(tag) == value;
    }

    private static JsonObject Show(JsonObject run) => new()
    {
        ["info"] = Copy(run),
        ["outputs"] = new JsonObject { ["model_outputs"] = run["outputs"]!.DeepClone() },
    };

    private static JsonObject ShowModel(JsonObject model) => new() { ["info"] = Copy(model) };

    private static bool IsActive(JsonObject run) => Text(run, "lifecycle_stage") == "active";

    private JsonObject Run(JsonObject body) => Runs.FirstOrDefault(run => Text(run, "run_id") == Text(body, "run_id")) ?? throw Missing();

    private JsonObject Model(string id) => Models.FirstOrDefault(model => Text(model, "model_id") == id) ?? throw Missing();

    private JsonObject Version(JsonObject body) => Versions.FirstOrDefault(version => Text(version, "version") == Text(body, "version")) ?? throw Missing();

    private static IEnumerable<JsonObject> List(JsonObject body, string name) => body[name]?.AsArray().Select(item => item!.AsObject()) ?? [];

    private static JsonObject Copy(JsonObject item) => item.DeepClone().AsObject();

    private static string Text(JsonObject item, string name) =>
        (string?)item[name] ?? throw new RefusedException("INVALID_PARAMETER_VALUE", $"Missing value for required parameter '{name}'.");

    private static double Number(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String
        ? double.Parse(value.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture)
        : value.GetValue<double>();

    private string NextId() => $"{++_made}";

    private static RefusedException Missing() => new("RESOURCE_DOES_NOT_EXIST", "not found", HttpStatusCode.NotFound);

    private sealed class RefusedException(string code, string message = "refused", HttpStatusCode status = HttpStatusCode.BadRequest) : Exception(message)
    {
        public string Code => code;

        public HttpStatusCode Status => status;
    }
}
