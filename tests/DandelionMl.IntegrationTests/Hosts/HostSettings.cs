using DandelionMl.IntegrationTests.S3;

namespace DandelionMl.IntegrationTests.Hosts;

/// <summary>The environment of a process that works on the servers of a test.</summary>
internal static class HostSettings
{
    /// <param name="endpoint">The S3 server, or what lies before it.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="connectionString">The database.</param>
    public static Dictionary<string, string> On(Uri endpoint, string bucket, string connectionString) => new()
    {
        ["DandelionMl__Postgres__ConnectionString"] = connectionString,
        ["DandelionMl__S3__Endpoint"] = endpoint.AbsoluteUri,
        ["DandelionMl__S3__Bucket"] = bucket,
        ["DandelionMl__S3__AccessKey"] = CephServer.AccessKey,
        ["DandelionMl__S3__SecretKey"] = CephServer.SecretKey,
    };
}
