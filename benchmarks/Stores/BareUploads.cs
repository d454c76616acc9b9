using Amazon.S3.Model;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.S3;

namespace DandelionMl.Benchmarks.Stores;

/// <summary>What the server takes: uploads by the SDK alone, several at a time, with no row, no hash and no check.</summary>
internal static class BareUploads
{
    /// <summary>As many at a time as an ingestion stores.</summary>
    public static int Concurrency { get; } = new IngestionOptions().MaxConcurrency;

    public static async Task<Measurement> RunAsync(Servers servers, PhotoSet photos)
    {
        var s3 = servers.NewBucket();
        using var client = S3Client.Create(s3);
        await client.PutBucketAsync(s3.Bucket);
        return await Measurement.OfAsync(photos.Count, async progress =>
        {
            var done = 0;
            await Parallel.ForEachAsync(photos.Files, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (path, token) =>
            {
                using var bytes = new MemoryStream(await File.ReadAllBytesAsync(path, token));
                await client.PutObjectAsync(
                    new PutObjectRequest { BucketName = s3.Bucket, Key = $"raw/{Path.GetFileName(path)}", InputStream = bytes }, token);
                progress(Interlocked.Increment(ref done));
            });
        });
    }
}
