using Amazon.Runtime;
using DandelionMl.Storage;
using DandelionMl.S3;

namespace DandelionMl.IntegrationTests.S3;

public sealed class S3ClientTests
{
    [Fact]
    public void Create_default_asks_for_checksums_only_where_required()
    {
        using var client = S3Client.Create(new S3Options { Endpoint = new Uri("http://127.0.0.1:9000") });

        Assert.Equal(RequestChecksumCalculation.WHEN_REQUIRED, client.Config.RequestChecksumCalculation);
        Assert.Equal(ResponseChecksumValidation.WHEN_REQUIRED, client.Config.ResponseChecksumValidation);
    }

    [Theory]
    [InlineData(null, null, "https://photos-1.s3.eu-west-3.amazonaws.com/raw/a.jpg")]
    [InlineData(null, true, "https://s3.eu-west-3.amazonaws.com/photos-1/raw/a.jpg")]
    [InlineData("https://store.example:9443", null, "https://store.example:9443/photos-1/raw/a.jpg")]
    [InlineData("http://store.example:9000/", false, "http://photos-1.store.example:9000/raw/a.jpg")]
    public async Task Create_bucket_is_in_the_path_or_the_host(string? endpoint, bool? forcePathStyle, string expected)
    {
        using var store = new S3ImageStore(new S3Options
        {
            Endpoint = endpoint is null ? null : new Uri(endpoint),
            Region = "eu-west-3",
            Bucket = "photos-1",
            ForcePathStyle = forcePathStyle,
            AccessKey = "access",
            SecretKey = "secret",
        });

        var address = await store.GetPresignedUriAsync("raw/a.jpg", TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(expected, address.GetLeftPart(UriPartial.Path));
        Assert.Contains("eu-west-3", address.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9000", "http://127.0.0.1:9000/image-dandelion-grass/raw/a%2520b/c%2Bd.jpg")]
    [InlineData("https://store.example/s3/", "https://store.example/s3/image-dandelion-grass/raw/a%2520b/c%2Bd.jpg")]
    [InlineData(null, "https://s3.eu-west-3.amazonaws.com/image-dandelion-grass/raw/a%2520b/c%2Bd.jpg")]
    public void GetUri_is_endpoint_bucket_and_escaped_key(string? endpoint, string expected)
    {
        using var store = new S3ImageStore(new S3Options
        {
            Endpoint = endpoint is null ? null : new Uri(endpoint),
            Region = "eu-west-3",
        });

        Assert.Equal(expected, store.GetUri("raw/a%20b/c+d.jpg").AbsoluteUri);
    }

    [Fact]
    public async Task GetPresignedUri_lifetime_out_of_range_throws()
    {
        using var store = new S3ImageStore(new S3Options { Endpoint = new Uri("http://127.0.0.1:9000") });
        var cancellation = TestContext.Current.CancellationToken;

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.GetPresignedUriAsync("a", TimeSpan.Zero, cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => store.GetPresignedUriAsync("a", S3ImageStore.LongestPresignedLifetime + TimeSpan.FromSeconds(1), cancellation));
        await Assert.ThrowsAsync<InvalidStorageKeyException>(
            () => store.GetPresignedUriAsync("a//b", TimeSpan.FromMinutes(1), cancellation));
    }

    [Fact]
    public void New_invalid_options_throws() =>
        Assert.Throws<ArgumentException>(() => new S3ImageStore(new S3Options { Bucket = "No_Bucket" }));
}
