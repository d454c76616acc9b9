using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using DandelionMl.S3;
using Npgsql;

namespace DandelionMl.Benchmarks.Stores;

/// <summary>The reference's way: of one photo after the other the bytes are put, then its row is inserted and committed.</summary>
internal static class PlainLoop
{
    private const string CreateTable =
        "CREATE TABLE plants_data (id serial PRIMARY KEY, url_source varchar(255) NOT NULL UNIQUE, url_s3 varchar(255), label varchar(50) NOT NULL)";

    public static async Task<Measurement> RunAsync(Servers servers, PhotoSet photos)
    {
        var s3 = servers.NewBucket();
        using var client = PlainClient(s3);
        await client.PutBucketAsync(s3.Bucket);
        await using var connection = new NpgsqlConnection(await servers.NewDatabaseAsync());
        await connection.OpenAsync();
        await using (var create = new NpgsqlCommand(CreateTable, connection))
        {
            await create.ExecuteNonQueryAsync();
        }

        return await Measurement.OfAsync(photos.Count, async progress =>
        {
            for (var index = 0; index < photos.Count; index++)
            {
                var path = photos.Files[index];
                var label = Path.GetFileName(Path.GetDirectoryName(path))!;
                var key = $"raw/{label}/{Path.GetFileName(path)}";
                await client.PutObjectAsync(new PutObjectRequest { BucketName = s3.Bucket, Key = key, FilePath = path });
                await using var insert = new NpgsqlCommand("INSERT INTO plants_data (url_source, url_s3, label) VALUES ($1, $2, $3)", connection)
                {
                    Parameters = { new() { Value = path }, new() { Value = $"{s3.Endpoint}{s3.Bucket}/{key}" }, new() { Value = label } },
                };
                await insert.ExecuteNonQueryAsync();
                progress(index + 1);
            }
        });
    }

    /// <summary>The SDK's client as a program makes it, with only what a server that is not AWS needs.</summary>
    private static AmazonS3Client PlainClient(S3Options options) => new(options.AccessKey, options.SecretKey, new AmazonS3Config
    {
        ServiceURL = options.Endpoint!.AbsoluteUri,
        ForcePathStyle = true,
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });
}
