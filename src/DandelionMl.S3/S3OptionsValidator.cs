using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace DandelionMl.S3;

/// <summary>Checks <see cref="S3Options"/>. Messages name the setting and its value, secrets excepted.</summary>
/// <param name="section">What the settings are below, such as <c>DandelionMl:S3</c>.</param>
internal sealed partial class S3OptionsValidator(string section) : IValidateOptions<S3Options>
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, S3Options options)
    {
        var failures = Failures(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> Failures(S3Options options)
    {
        if (options.Endpoint is { } endpoint && EndpointFailure(endpoint) is { } failure)
        {
            yield return failure;
        }

        if (options.Bucket is null || !BucketName().IsMatch(options.Bucket))
        {
            yield return $"{section}:{nameof(S3Options.Bucket)} is '{options.Bucket}': it must be 3 to 63 lower-case letters, digits, "
                + "dots and hyphens, with a letter or digit at both ends.";
        }

        if (string.IsNullOrEmpty(options.AccessKey) != string.IsNullOrEmpty(options.SecretKey))
        {
            var missing = string.IsNullOrEmpty(options.AccessKey) ? nameof(S3Options.AccessKey) : nameof(S3Options.SecretKey);
            yield return $"{section}:{missing} is empty: set both {nameof(S3Options.AccessKey)} and {nameof(S3Options.SecretKey)}, or "
                + "neither for the AWS SDK's credential chain.";
        }

        if (options.PartSize is < S3Options.SmallestPartSize or > S3Options.LargestThreshold)
        {
            yield return $"{section}:{nameof(S3Options.PartSize)} is {Number(options.PartSize)}: it must be "
                + $"{Number(S3Options.SmallestPartSize)} to {Number(S3Options.LargestThreshold)} bytes.";
        }

        if (options.MultipartThreshold < options.PartSize || options.MultipartThreshold > S3Options.LargestThreshold)
        {
            yield return $"{section}:{nameof(S3Options.MultipartThreshold)} is {Number(options.MultipartThreshold)}: it must not be less "
                + $"than {nameof(S3Options.PartSize)}, which is {Number(options.PartSize)}, nor more than "
                + $"{Number(S3Options.LargestThreshold)} bytes.";
        }

        if (options.Timeout <= TimeSpan.Zero || options.Timeout > LongestTimeout)
        {
            yield return $"{section}:{nameof(S3Options.Timeout)} is {options.Timeout}: it must be more than 00:00:00 and at most "
                + $"{LongestTimeout}.";
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private string? EndpointFailure(Uri endpoint)
    {
        var setting = $"{section}:{nameof(S3Options.Endpoint)}";
        if (!endpoint.IsAbsoluteUri || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps))
        {
            // What stands before an '@' may be a password.
            var shown = endpoint.OriginalString[(endpoint.OriginalString.LastIndexOf('@') + 1)..];
            return $"{setting} is '{shown}': it must begin with http:// or https://.";
        }

        if (endpoint.UserInfo.Length > 0)
        {
            return $"{setting} is for '{endpoint.Host}' and contains credentials: set them as {nameof(S3Options.AccessKey)} and "
                + $"{nameof(S3Options.SecretKey)}.";
        }

        return endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0
            ? $"{setting} is '{endpoint.GetLeftPart(UriPartial.Path)}' with a query or fragment: remove it."
            : null;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\\z", RegexOptions.CultureInvariant)]
    private static partial Regex BucketName();
}
