using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DandelionMl.Tests.Support;

namespace DandelionMl.Mlflow.Tests.Client;

/// <summary>What a real server was asked and what it answered.</summary>
internal sealed record Exchange(string Method, string Path, JsonNode? Body, int Status, string? Type, string Answer, JsonNode? Json)
{
    public HttpResponseMessage Respond() => new((HttpStatusCode)Status)
    {
        Content = new StringContent(Answer, Encoding.UTF8, (Type ?? "text/plain").Split(';')[0]),
    };
}

/// <summary>Recorded exchanges of one server.</summary>
internal static class Recording
{
    public const string Newest = "contracts/mlflow/recorded-3.18.json";

    public const string Oldest = "contracts/mlflow/recorded.json";

    public static List<Exchange> Read(string file) =>
        [.. JsonNode.Parse(File.ReadAllText(SharedFiles.Require(file)))!["exchanges"]!.AsArray().Select(item => Read(item!.AsObject()))];

    private static Exchange Read(JsonObject item)
    {
        var (request, response) = (item["request"]!, item["response"]!);
        var body = response["body"];
        return new Exchange(
            (string)request["method"]!, (string)request["path"]!, request["body"], (int)response["status"]!, (string?)response["content_type"],
            body is JsonValue value && value.TryGetValue<string>(out var text) ? text : body?.ToJsonString() ?? "", body);
    }
}
