namespace DandelionMl.IntegrationTests.S3;

/// <summary>The <c>ceph.conf</c> of a cluster of one, which keeps nothing on disk but its logs.</summary>
internal static class CephConfiguration
{
    // What is only kept in memory for a crash report would take a third of the server's time.
    private static readonly string Quiet = string.Join(
        "\n", "asok auth context finisher heartbeatmap mon monc ms none objclass objecter optracker osd paxos perfcounter rados rgw throttle timer tp"
            .Split(' ').Select(part => $"debug {part} = 0/0"));

    /// <summary>A name that the bucket may stand before, in the host of an address.</summary>
    public const string HostName = "s3.test";

    public static string Of(string folder, string cluster, string monitor, int port, int tlsPort) => $"""
        [global]
        {Quiet}
        osd enable op tracker = false
        fsid = {cluster}
        mon host = {monitor}
        auth cluster required = cephx
        auth service required = cephx
        auth client required = cephx
        osd pool default size = 1
        osd pool default min size = 1
        osd pool default pg num = 8
        osd pool default pgp num = 8
        osd pool default pg autoscale mode = off
        osd crush chooseleaf type = 0
        mon allow pool size one = true
        mon pg warn min per osd = 0
        mon max pg per osd = 1000
        run dir = {folder}/run
        pid file = {folder}/run/$type.$id.pid
        admin socket = {folder}/run/$type.$id.asok
        log file = {folder}/log/$type.$id.log
        crash dir = {folder}/log
        keyring = {folder}/keyring
        [mon]
        mon data = {folder}/mon
        mon cluster log file = {folder}/log/cluster.log
        mon data avail crit = 1
        mon data avail warn = 2
        [osd]
        osd data = {folder}/osd
        public addr = 127.0.0.1
        cluster addr = 127.0.0.1
        osd objectstore = memstore
        memstore device bytes = 4294967296
        osd class load list = *
        osd class default list = *
        osd max object name len = 1024
        [client.rgw]
        rgw frontends = beast endpoint=127.0.0.1:{port} ssl_endpoint=127.0.0.1:{tlsPort} ssl_certificate={folder}/certificate.pem ssl_private_key={folder}/key.pem
        rgw dns name = {HostName}
        rgw data = {folder}/rgw
        rgw enable usage log = false
        rgw enable ops log = false
        rgw thread pool size = 32

        """;
}
