using System.Globalization;
using System.Net;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;
using DandelionMl.Storage;

namespace DandelionMl.S3;

/// <summary>Turns what the SDK gives up on, after its own retries, into this library's errors.</summary>
/// <param name="place">The store as messages name it.</param>
internal sealed class S3Failures(string place)
{
    public const string NoSuchBucket = "NoSuchBucket";

    private const string ClockDiffers = "RequestTimeTooSkewed";

    private const string SdkAssembly = "AWSSDK.S3";

    /// <summary>Runs a call on an object.</summary>
    /// <exception cref="ObjectNotFoundException">No object has the key.</exception>
    /// <exception cref="StorageUnavailableException">Anything else that the SDK gave up on.</exception>
    public async Task<T> TranslateAsync<T>(string doing, string key, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception) when (IsMissing(exception))
        {
            throw new ObjectNotFoundException(key, exception);
        }
        catch (Exception exception) when (IsFailure(exception, cancellationToken))
        {
            throw Unavailable($"{doing} '{key}'", exception);
        }
    }

    /// <summary>Whether the answer is that there is no such object. HEAD has no body to say what is missing; the bucket is looked
    /// for before anything else.</summary>
    public static bool IsMissing(AmazonS3Exception exception) =>
        exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != NoSuchBucket;

    /// <summary>Whether an exception is the store's failing, not a cancellation by the caller and not a defect.</summary>
    public static bool IsFailure(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        // The SDK's own time limit is a cancellation too.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException or WebException => true,

        // What the SDK makes of an answer that is not S3's: a page instead of a listing, a redirect to where no bucket can be.
        XmlException or FormatException => true,
        ArgumentException { Source: SdkAssembly } => true,
        _ => false,
    };

    public StorageUnavailableException Unavailable(string doing, Exception exception) =>
        new($"{place}: {doing} failed: {Reason(exception)}", exception);

    public StorageUnavailableException Unavailable(string doing, string reason) => new($"{place}: {doing} failed: {reason}");

    private static string Reason(Exception exception) => exception switch
    {
        AmazonServiceException { ErrorCode: NoSuchBucket } => MissingBucket,
        AmazonServiceException { ErrorCode: ClockDiffers } refused =>
            $"the server refused the time of the request ({Described(refused)}). Set the clock of this machine, or that of the server.",
        AmazonServiceException { StatusCode: HttpStatusCode.Forbidden } refused =>
            $"the server denied access ({Described(refused)}). Check {nameof(S3Options.AccessKey)}, {nameof(S3Options.SecretKey)} and their permissions.",
        AmazonServiceException { StatusCode: not 0 } service => $"the server answered {Described(service)}: {service.Message}",
        OperationCanceledException => "the server did not answer in time.",
        XmlException or FormatException or ArgumentException => $"{NotS3} ({exception.GetBaseException().Message})",
        _ => exception.GetBaseException().Message,
    };

    /// <summary>Makes sure that the server says what it has stored, as every S3 server does: a web server that answers 200 to everything has
    /// stored nothing.</summary>
    /// <exception cref="StorageUnavailableException">It does not.</exception>
    public void CheckStored(string? eTag, string operation, string key)
    {
        if (string.IsNullOrEmpty(eTag))
        {
            throw Unavailable($"{operation} '{key}'", NotS3);
        }
    }

    public static string NotS3 => $"the answer is not that of an S3 server. Check {nameof(S3Options.Endpoint)}.";

    public static string MissingBucket =>
        $"the bucket was not found. Create it, or set {nameof(S3Options.CreateBucket)}.";

    private static string Described(AmazonServiceException exception) =>
        string.Create(CultureInfo.InvariantCulture, $"{exception.ErrorCode}, HTTP {(int)exception.StatusCode}");
}
