using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DandelionMl.S3;

namespace DandelionMl.IntegrationTests.S3;

/// <summary>A real S3 server for the run: Ceph's RADOS gateway over one monitor and one in-memory object store, all in a temporary
/// folder and on loopback.</summary>
/// <remarks>From Debian's packages <c>radosgw ceph-mon ceph-osd ceph-common</c>. Without them the tests fail.</remarks>
public sealed class CephServer : IAsyncLifetime
{
    public const string AccessKey = "testaccess";
    public const string SecretKey = "testsecrettestsecret";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("dandelionml-ceph-").FullName;
    private readonly List<Daemon> _daemons = [];

    public Uri Endpoint { get; private set; } = null!;

    /// <summary>The same server by TLS, with a certificate that nobody trusts unless told to.</summary>
    public Uri TlsEndpoint { get; private set; } = null!;

    /// <summary>File with its certificate.</summary>
    public string Certificate => In("certificate.pem");

    /// <summary>Options for a bucket of this server.</summary>
    public S3Options Options(string bucket, Uri? endpoint = null) => new()
    {
        Endpoint = endpoint ?? Endpoint,
        Bucket = bucket,
        AccessKey = AccessKey,
        SecretKey = SecretKey,
        PartSize = S3Options.SmallestPartSize,
        MultipartThreshold = S3Options.SmallestPartSize,
    };

    /// <summary>A name for a bucket that no other test has.</summary>
    public static string NewBucket() => $"test-{Guid.NewGuid():N}";

    /// <summary>Gives the account a second pair of keys.</summary>
    public Task AddKeysAsync(string accessKey, string secretKey) =>
        Daemon.RunAsync("radosgw-admin", [.. Configured, "key", "create", "--uid", "test", "--access-key", accessKey, "--secret-key", secretKey]);

    /// <summary>Takes a pair of keys away.</summary>
    public Task RemoveKeysAsync(string accessKey) =>
        Daemon.RunAsync("radosgw-admin", [.. Configured, "key", "rm", "--uid", "test", "--access-key", accessKey]);

    public async ValueTask InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch (Exception exception)
        {
            await DisposeAsync();
            throw new InvalidOperationException(
                "No S3 server: install radosgw, ceph-mon, ceph-osd and ceph-common (test.sh does).", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The gateway first, the monitor last.
        foreach (var daemon in Enumerable.Reverse(_daemons))
        {
            await daemon.DisposeAsync();
        }

        _daemons.Clear();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task StartAsync()
    {
        var ports = FreePorts(4);
        Endpoint = new Uri($"http://127.0.0.1:{ports[0]}");
        TlsEndpoint = new Uri($"https://127.0.0.1:{ports[3]}");
        var monitor = $"[v2:127.0.0.1:{ports[1]},v1:127.0.0.1:{ports[2]}]";
        var cluster = Guid.NewGuid().ToString();
        var osd = Guid.NewGuid().ToString();
        foreach (var name in (string[])["mon", "osd", "run", "log", "rgw"])
        {
            Directory.CreateDirectory(In(name));
        }

        await WriteCertificateAsync();
        await File.WriteAllTextAsync(In("ceph.conf"), CephConfiguration.Of(_folder, cluster, monitor, ports[0], ports[3]));
        var keyring = In("keyring");
        await Daemon.RunAsync("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *");
        await Daemon.RunAsync("ceph-authtool", keyring, "--gen-key", "-n", "client.admin",
            "--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *");
        await Daemon.RunAsync("ceph-authtool", keyring, "--gen-key", "-n", "client.rgw", "--cap", "mon", "allow rw", "--cap", "osd", "allow rwx");
        await Daemon.RunAsync("ceph-authtool", keyring, "--gen-key", "-n", "osd.0", "--cap", "mon", "allow profile osd", "--cap", "osd", "allow *");
        await Daemon.RunAsync("monmaptool", "--create", "--clobber", "--addv", "a", monitor, "--fsid", cluster, In("monmap"));
        await Daemon.RunAsync("ceph-mon", [.. Configured, "-i", "a", "--mkfs", "--monmap", In("monmap"), "--keyring", keyring]);
        Start("ceph-mon", "-i", "a");
        await Daemon.RunAsync("ceph", [.. Configured, "--connect-timeout", "60", "osd", "create", osd]);
        await Daemon.RunAsync("ceph-osd", [.. Configured, "-i", "0", "--mkfs", "--osd-uuid", osd]);
        Start("ceph-osd", "-i", "0");
        Start("radosgw", "-n", "client.rgw");
        await WaitUntilItAnswersAsync();
        await Daemon.RunAsync("radosgw-admin", [.. Configured, "user", "create", "--uid", "test", "--display-name", "test",
            "--access-key", AccessKey, "--secret-key", SecretKey]);
    }

    private string[] Configured => ["-c", In("ceph.conf")];

    private string In(string name) => Path.Combine(_folder, name);

    private void Start(string program, params string[] arguments) =>
        _daemons.Add(Daemon.Start(In($"log/{program}.out"), program, [.. Configured, "-f", .. arguments]));

    private async Task WriteCertificateAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(Certificate, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(In("key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private async Task WaitUntilItAnswersAsync()
    {
        using var client = new HttpClient();
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var response = await client.GetAsync(Endpoint);
                return;
            }
            catch (HttpRequestException) when (waited.Elapsed < StartTimeout)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}

/// <summary>The tests that share the server.</summary>
[CollectionDefinition(Name)]
public sealed class CephTests : ICollectionFixture<CephServer>
{
    public const string Name = "Ceph";
}
