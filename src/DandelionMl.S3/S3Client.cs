using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using DandelionMl.Storage;
using DandelionMl.Telemetry;

namespace DandelionMl.S3;

/// <summary>Makes the SDK's client from <see cref="S3Options"/>.</summary>
internal static class S3Client
{
    // What servers other than AWS take a signature for, unless told otherwise.
    private const string UsualRegion = "us-east-1";

    /// <exception cref="StorageUnavailableException">There is neither an endpoint nor a region.</exception>
    public static AmazonS3Client Create(S3Options options, RetryTelemetry? retries = null)
    {
        var configuration = new AmazonS3Config
        {
            // Newer checksums travel in trailers, which servers other than AWS refuse or store as part of the object.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            Timeout = options.Timeout,
            HttpClientFactory = new S3HttpClients(retries ?? new RetryTelemetry()),
            ForcePathStyle = options.ForcePathStyle ?? options.Endpoint is not null,
        };
        if (options.Endpoint is { } endpoint)
        {
            configuration.ServiceURL = endpoint.AbsoluteUri;
            configuration.AuthenticationRegion = string.IsNullOrEmpty(options.Region) ? UsualRegion : options.Region;
        }
        else if (!string.IsNullOrEmpty(options.Region))
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        try
        {
            return string.IsNullOrEmpty(options.AccessKey)
                ? new AmazonS3Client(configuration)
                : new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), configuration);
        }
        catch (AmazonClientException exception)
        {
            throw new StorageUnavailableException(
                $"No S3 server is configured: set {nameof(S3Options.Endpoint)} or {nameof(S3Options.Region)}.", exception);
        }
    }
}
