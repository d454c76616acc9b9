using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.S3;

namespace DandelionMl.Benchmarks.Stores;

/// <summary>The servers, and a bucket, a database and a folder of its own for each run.</summary>
/// <param name="ceph">The S3 server.</param>
/// <param name="postgres">The database server.</param>
/// <param name="folder">Where folders are made.</param>
/// <param name="s3Link">What lies before the S3 server; nothing if null.</param>
/// <param name="postgresLink">What lies before the database server; nothing if null.</param>
internal sealed class Servers(
    CephServer ceph, PostgresServer postgres, TempFolder folder, DelayedLink? s3Link = null, DelayedLink? postgresLink = null)
{
    public S3Options NewBucket() => ceph.Options(
        CephServer.NewBucket(), s3Link is null ? null : new UriBuilder(ceph.Endpoint) { Port = s3Link.Port }.Uri);

    public async Task<string> NewDatabaseAsync()
    {
        var name = $"stores_{Guid.NewGuid():N}";
        await postgres.ExecuteAsync("postgres", $"CREATE DATABASE {name}");
        return postgres.Connect(name, postgresLink?.Port).ConnectionString;
    }

    public string NewFolder() => Directory.CreateDirectory(Path.Combine(folder.Path, Guid.NewGuid().ToString("N"))).FullName;
}
