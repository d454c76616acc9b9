using System.Text.Json;
using System.Text.RegularExpressions;

namespace DandelionMl.AspNetCore.Api;

/// <summary>What the framework says of a request that it can't read, in the words of the request: it speaks of the types and parameters of
/// the program, which callers do not know.</summary>
internal static partial class BindingErrors
{
    /// <summary>The reason in plain words; the exception's own message where that has them already. Null for a body that is too large: the
    /// endpoint's limit is told then.</summary>
    public static string? Explain(BadHttpRequestException exception)
    {
        if (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }

        var message = exception.Message;
        if (Unreadable().Match(message) is { Success: true } unreadable)
        {
            var hint = unreadable.Groups["type"].Value is "bool" or "Boolean" ? " Send true or false." : "";
            return $"{Name(unreadable)} is '{unreadable.Groups["value"].Value}': that can't be read.{hint}";
        }

        if (Missing().Match(message) is { Success: true } missing)
        {
            return missing.Groups["source"].Value switch
            {
                "form file" => $"The form has no file in the field '{Name(missing)}'.",
                "form" => $"The form has no field '{Name(missing)}'.",
                "body" => "The request has no body: send JSON.",
                var source => $"'{Name(missing)}' is missing in the {source}.",
            };
        }

        if (UnreadableBody().Match(message) is { Success: true } body)
        {
            return body.Groups["form"].Success ? "The form is damaged or cut off." : ExplainJson(exception.InnerException as JsonException);
        }

        if (message.StartsWith("Implicit body inferred", StringComparison.Ordinal))
        {
            return "The request has no body: send JSON.";
        }

        return WrongMediaType().Match(message) is { Success: true } media
            ? $"The request's content type is '{media.Groups["type"].Value}': send {(media.Groups["kind"].Value == "form" ? "a form" : "application/json")}."
            : message;
    }

    private static string ExplainJson(JsonException? exception) => exception?.Path is { Length: > 0 } path && path != "$"
        ? $"The request body can't be read: the JSON at '{path}' is not as described, or missing."
        : "The request body can't be read as the JSON that is described.";

    private static string Name(Match match) => JsonNamingPolicy.CamelCase.ConvertName(match.Groups["name"].Value);

    [GeneratedRegex("""^Failed to bind parameter "(?<type>\S.*) (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.Singleline)]
    private static partial Regex Unreadable();

    [GeneratedRegex("""^Required parameter "\S.* (?<name>\w+)" was not provided from (?<source>[\w ]+)\.""")]
    private static partial Regex Missing();

    [GeneratedRegex("""^Failed to read parameter "\S.* \w+" from the request body as (JSON|(?<form>form))\.""")]
    private static partial Regex UnreadableBody();

    [GeneratedRegex("""^Expected a supported (?<kind>JSON|form) media type but got "(?<type>.*)"\.$""", RegexOptions.Singleline)]
    private static partial Regex WrongMediaType();
}
