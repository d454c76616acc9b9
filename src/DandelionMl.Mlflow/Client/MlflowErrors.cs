using System.Globalization;
using System.Net;
using System.Text.Json;
using DandelionMl.Data;

namespace DandelionMl.Mlflow.Client;

/// <summary>Tells what an answer that is no success means. Its body may be JSON, plain text or a page.</summary>
/// <param name="options">The settings that a message may name.</param>
/// <param name="server">The server as messages name it.</param>
internal sealed class MlflowErrors(MlflowOptions options, Uri server)
{
    /// <summary>Most characters of the server's own words in a message.</summary>
    private const int MostOfMessage = 300;

    private const string DoesNotExist = "RESOURCE_DOES_NOT_EXIST";
    private const string Exists = "RESOURCE_ALREADY_EXISTS";
    private const string Disabled = "FEATURE_DISABLED";

    public MlflowException Translate(string call, HttpStatusCode status, Uri? location, string body)
    {
        var (code, words) = Read(body);
        var said = words is null ? "" : $": {words}";
        var answer = string.Create(CultureInfo.InvariantCulture, $"MLflow at {server} answered {call} with {(int)status}{said}");
        return status switch
        {
            HttpStatusCode.Forbidden when body.Contains("Invalid Host header", StringComparison.OrdinalIgnoreCase) => new(
                MlflowFailure.HostRefused,
                $"MLflow at {server} refuses the Host header '{server.Authority}'. Start it with --allowed-hosts '{server.Authority}' (the list "
                + "replaces the default one, and the port counts), then restart this program."),
            HttpStatusCode.Unauthorized => new(
                MlflowFailure.Unauthenticated,
                $"MLflow at {server} does not accept the credentials (401). Check {Credentials()}."),
            HttpStatusCode.Forbidden => new(
                MlflowFailure.Forbidden, $"{answer}. The user of {Credentials()} needs permission to edit the experiment and the registered model."),
            HttpStatusCode.InternalServerError when code == Disabled => new(
                MlflowFailure.Misconfigured,
                $"MLflow at {server} has no workspaces: start it with --enable-workspaces, or leave {nameof(options.Workspace)} empty."),
            HttpStatusCode.NotFound when code == DoesNotExist && IsOfWorkspace(words) => new(
                MlflowFailure.Misconfigured, $"MLflow at {server} has no workspace '{options.Workspace}': make it, or set another {nameof(options.Workspace)}."),
            HttpStatusCode.NotFound when code == DoesNotExist => new(MlflowFailure.NotFound, $"{answer}."),
            HttpStatusCode.NotFound => new(
                MlflowFailure.NotSupported,
                $"{answer}: it has no such call. Check {nameof(options.TrackingUri)}, which must have the server's static prefix if there is one."),
            HttpStatusCode.BadRequest => new(code == Exists ? MlflowFailure.AlreadyExists : MlflowFailure.Refused, $"{answer}."),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => new(MlflowFailure.Unavailable, $"{answer}.")
                {
                    // What stands before the server may have given up on it.
                    IsOutcomeUnknown = status is HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout,
                },
            >= HttpStatusCode.InternalServerError => new(MlflowFailure.ServerError, $"{answer}.") { IsOutcomeUnknown = true },
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => new(
                MlflowFailure.Misconfigured,
                $"MLflow at {server} sends elsewhere{(location is null ? "" : $", to {location.GetLeftPart(UriPartial.Path)}")}: set "
                + $"{nameof(options.TrackingUri)} to the address that answers itself."),
            _ => new(MlflowFailure.Refused, $"{answer}."),
        };
    }

    private bool IsOfWorkspace(string? words) =>
        !string.IsNullOrEmpty(options.Workspace) && words?.StartsWith("Workspace ", StringComparison.Ordinal) == true;

    private string Credentials() => !string.IsNullOrEmpty(options.Token)
        ? $"{nameof(options.Token)} (MLflow's own authentication takes a user name and a password instead)"
        : string.IsNullOrEmpty(options.Username) ? $"{nameof(options.Username)} and {nameof(options.Password)}, which are not set"
        : $"{nameof(options.Username)} and {nameof(options.Password)}";

    /// <summary>The error's code and the server's words, of JSON or of plain text; pages say nothing.</summary>
    private static (string? Code, string? Words) Read(string body)
    {
        if (body.TrimStart().StartsWith('<'))
        {
            return (null, null);
        }

        try
        {
            var error = JsonSerializer.Deserialize(body, MlflowJson.Default.ErrorAnswer);
            return (error?.ErrorCode, PlainText.Clean(error?.Message, MostOfMessage));
        }
        catch (JsonException)
        {
            return (null, PlainText.Clean(body, MostOfMessage));
        }
    }
}
