using System.Net;
using Amazon.S3;
using DandelionMl.S3;

namespace DandelionMl.IntegrationTests.S3;

public sealed class S3FailuresTests
{
    [Theory]
    [InlineData("RequestTimeTooSkewed", "Set the clock of this machine", "AccessKey")]
    [InlineData("SignatureDoesNotMatch", "Check AccessKey, SecretKey", "clock")]
    public void Unavailable_says_what_to_check(string code, string advice, string other)
    {
        var refused = new AmazonS3Exception("The server's own words.") { ErrorCode = code, StatusCode = HttpStatusCode.Forbidden };

        var error = new S3Failures("http://s3.example").Unavailable("reading 'a'", refused);

        Assert.Contains(code, error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(other, error.Message, StringComparison.Ordinal);
    }
}
