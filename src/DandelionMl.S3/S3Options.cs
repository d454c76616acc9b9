namespace DandelionMl.S3;

/// <summary>Options of <see cref="S3ImageStore"/>.</summary>
public sealed class S3Options
{
    /// <summary>The smallest part of a multipart upload that S3 accepts: 5 MiB, in bytes.</summary>
    public const int SmallestPartSize = 5 * 1024 * 1024;

    /// <summary>The largest <see cref="MultipartThreshold"/>: 1 GiB, in bytes.</summary>
    public const int LargestThreshold = 1024 * 1024 * 1024;

    /// <summary>Address of the server, such as <c>http://minio:9000</c>; http or https. Null, the default, is AWS itself in
    /// <see cref="Region"/>.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The region that requests are signed for, such as <c>eu-west-3</c>. Null, the default, is <c>us-east-1</c> for an
    /// <see cref="Endpoint"/>, which most servers other than AWS expect, else what the AWS SDK finds (<c>AWS_REGION</c> …).</summary>
    public string? Region { get; set; }

    /// <summary>The bucket; <c>image-dandelion-grass</c> by default. 3 to 63 lower-case letters, digits, dots and hyphens.</summary>
    public string Bucket { get; set; } = "image-dandelion-grass";

    /// <summary>Whether a bucket that is missing is created when the store is first used; true by default. When false, a missing bucket
    /// is an error.</summary>
    public bool CreateBucket { get; set; } = true;

    /// <summary>Whether the bucket is named in the path (<c>server/bucket/key</c>) rather than in the host (<c>bucket.server/key</c>).
    /// Null, the default, means: in the path if there is an <see cref="Endpoint"/>.</summary>
    public bool? ForcePathStyle { get; set; }

    /// <summary>Access key; with <see cref="SecretKey"/>. Null, the default, leaves it to the AWS SDK's credential chain (environment,
    /// profile, web identity, instance role).</summary>
    public string? AccessKey { get; set; }

    /// <summary>Secret of the <see cref="AccessKey"/>; never logged or shown.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Objects of more bytes than this are uploaded in parts; 16 MiB by default. Not less than <see cref="PartSize"/>, at
    /// most <see cref="LargestThreshold"/>. About this many bytes are held at most while an object is uploaded.</summary>
    public int MultipartThreshold { get; set; } = 16 * 1024 * 1024;

    /// <summary>Size of a part in bytes; 8 MiB by default, at least <see cref="SmallestPartSize"/>. S3 accepts 10,000 parts, so this
    /// limits an object, too: 80 GiB by default.</summary>
    public int PartSize { get; set; } = 8 * 1024 * 1024;

    /// <summary>The longest wait for the server: for its answer to a request, the sending of the body included, and for each piece of a
    /// body that is read. 100 seconds by default; more than zero, at most 1 hour. What took longer is tried again, as after a broken
    /// connection.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);
}
