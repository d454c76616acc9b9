using System.Collections.Concurrent;
using DandelionMl.Tool.Demo;
using DandelionMl.Tool.Tests.Support;
using DandelionMl.IntegrationTests.Proxies;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.S3;

namespace DandelionMl.IntegrationTests.Hosts;

/// <summary>The ways to reach an S3 server, by real host processes and configuration alone.</summary>
[Collection(CephTests.Name)]
public sealed class S3AddressingTests(CephServer ceph) : IDisposable
{
    private const int PerClass = 2;

    private readonly TempFolder _folder = new();
    private readonly string _bucket = CephServer.NewBucket();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tls_with_a_certificate_that_is_trusted_works()
    {
        await AssertIngestsAsync(Environment(ceph.TlsEndpoint, ("SSL_CERT_FILE", ceph.Certificate)));
    }

    [Fact]
    public async Task Tls_with_a_certificate_that_nobody_trusts_is_a_clear_error()
    {
        DemoPictures.Draw(_folder["pictures"], PerClass, seed: 1, Cancellation);
        var (exitCode, output, error) = await DandelionProcess.RunAsync(
            Environment(ceph.TlsEndpoint), "ingest", _folder["pictures"], "--data", _folder["data"]);

        Assert.Equal(1, exitCode);
        Assert.Contains(ceph.TlsEndpoint.Authority, error, StringComparison.Ordinal);
        Assert.Contains("certificate", error, StringComparison.Ordinal);
        Assert.DoesNotContain(CephServer.SecretKey, output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Virtual_host_names_the_bucket_in_the_host()
    {
        // No name server knows the host: the proxy that the process is told of takes the requests to the server.
        var hosts = new ConcurrentBag<string?>();
        await using var proxy = new FaultProxy(ceph.Endpoint, request =>
        {
            hosts.Add(new Uri(request.Target).Host);
            return Fault.None;
        });
        await AssertIngestsAsync(Environment(
            new Uri($"http://{CephConfiguration.HostName}"),
            ("DandelionMl__S3__ForcePathStyle", "false"), ("http_proxy", proxy.Address.AbsoluteUri)));

        Assert.Equal([$"{_bucket}.{CephConfiguration.HostName}"], hosts.Distinct());
    }

    private async Task AssertIngestsAsync(Dictionary<string, string> environment)
    {
        DemoPictures.Draw(_folder["pictures"], PerClass, seed: 1, Cancellation);
        var ingested = await DandelionProcess.RunJsonAsync(environment, "ingest", _folder["pictures"], "--data", _folder["data"]);
        Assert.Equal(2 * PerClass, ingested.GetProperty("new").GetInt32());
        var reconciled = await DandelionProcess.RunJsonAsync(environment, "reconcile", "--data", _folder["data"]);
        Assert.Equal(0, reconciled.GetProperty("lostImages").GetArrayLength());

        using var store = new S3ImageStore(ceph.Options(_bucket));
        Assert.Equal(2 * PerClass, await store.ListAsync("raw/", Cancellation).CountAsync(Cancellation));
    }

    private Dictionary<string, string> Environment(Uri endpoint, params (string Name, string Value)[] others)
    {
        var environment = new Dictionary<string, string>
        {
            ["DandelionMl__S3__Endpoint"] = endpoint.AbsoluteUri,
            ["DandelionMl__S3__Bucket"] = _bucket,
            ["DandelionMl__S3__AccessKey"] = CephServer.AccessKey,
            ["DandelionMl__S3__SecretKey"] = CephServer.SecretKey,
        };
        foreach (var (name, value) in others)
        {
            environment[name] = value;
        }

        return environment;
    }
}
