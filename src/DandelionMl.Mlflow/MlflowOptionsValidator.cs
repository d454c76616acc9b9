using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace DandelionMl.Mlflow;

/// <summary>Checks <see cref="MlflowOptions"/>. Messages name the setting and its value, secrets excepted.</summary>
/// <param name="section">What the settings are below, such as <c>DandelionMl:Mlflow</c>.</param>
internal sealed partial class MlflowOptionsValidator(string section) : IValidateOptions<MlflowOptions>
{
    private const int LongestExperiment = 500;
    private const int LongestModel = 250;

    private static readonly (TimeSpan Least, TimeSpan Most) Timeouts = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));
    private static readonly (TimeSpan Least, TimeSpan Most) Ages = (TimeSpan.FromMinutes(1), TimeSpan.FromDays(3_650));

    public ValidateOptionsResult Validate(string? name, MlflowOptions options)
    {
        var failures = Failures(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> Failures(MlflowOptions options)
    {
        if (UriFailure(options.TrackingUri) is { } failure)
        {
            yield return failure;
        }

        if (string.IsNullOrWhiteSpace(options.Experiment) || options.Experiment.Length > LongestExperiment || HasControl(options.Experiment))
        {
            yield return $"{section}:{nameof(options.Experiment)} is '{options.Experiment}': it must be 1 to {LongestExperiment} characters.";
        }

        if (string.IsNullOrWhiteSpace(options.RegisteredModel) || options.RegisteredModel.Length > LongestModel
            || HasControl(options.RegisteredModel) || options.RegisteredModel.AsSpan().ContainsAny("/:'\""))
        {
            yield return $"{section}:{nameof(options.RegisteredModel)} is '{options.RegisteredModel}': it must be 1 to {LongestModel} "
                + "characters, without '/', ':' and quotes.";
        }

        if (string.IsNullOrEmpty(options.Username) != string.IsNullOrEmpty(options.Password))
        {
            var missing = string.IsNullOrEmpty(options.Username) ? nameof(options.Username) : nameof(options.Password);
            yield return $"{section}:{missing} is empty: set both {nameof(options.Username)} and {nameof(options.Password)}, or neither.";
        }

        if (options.Username?.Contains(':', StringComparison.Ordinal) == true)
        {
            yield return $"{section}:{nameof(options.Username)} is '{options.Username}': it must not contain ':'.";
        }

        if (!string.IsNullOrEmpty(options.Token))
        {
            if (!string.IsNullOrEmpty(options.Username))
            {
                yield return $"{section}: both {nameof(options.Token)} and {nameof(options.Username)} are set: a request has one of them.";
            }

            if (options.Token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                yield return $"{section}:{nameof(options.Token)} has spaces, line breaks or characters beyond ASCII: remove them.";
            }
        }

        if (!string.IsNullOrEmpty(options.Workspace) && !WorkspaceName().IsMatch(options.Workspace))
        {
            yield return $"{section}:{nameof(options.Workspace)} is '{options.Workspace}': it must be lower-case letters, digits and hyphens, "
                + "with a letter or digit at both ends.";
        }

        if (options.Timeout < Timeouts.Least || options.Timeout > Timeouts.Most)
        {
            yield return $"{section}:{nameof(options.Timeout)} is {options.Timeout}: it must be {Timeouts.Least} to {Timeouts.Most}.";
        }

        if (options.MaximumAge < Ages.Least || options.MaximumAge > Ages.Most)
        {
            yield return $"{section}:{nameof(options.MaximumAge)} is {options.MaximumAge}: it must be {Ages.Least} to {Ages.Most}.";
        }
    }

    private static bool HasControl(string text) => text.Any(char.IsControl);

    private string? UriFailure(Uri? uri)
    {
        var setting = $"{section}:{nameof(MlflowOptions.TrackingUri)}";
        if (uri is null)
        {
            return $"{setting} is empty: it must be the address of an MLflow server, such as http://mlflow:5000.";
        }

        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            // What stands before an '@' may be a password.
            var shown = uri.OriginalString[(uri.OriginalString.LastIndexOf('@') + 1)..];
            return $"{setting} is '{shown}': it must begin with http:// or https://.";
        }

        if (uri.UserInfo.Length > 0)
        {
            return $"{setting} is for '{uri.Host}' and contains credentials: set them as {nameof(MlflowOptions.Username)} and "
                + $"{nameof(MlflowOptions.Password)}.";
        }

        return uri.Query.Length > 0 || uri.Fragment.Length > 0
            ? $"{setting} is '{uri.GetLeftPart(UriPartial.Path)}' with a query or fragment: remove it."
            : null;
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex WorkspaceName();
}
