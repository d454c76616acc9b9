using System.Net;
using System.Net.Sockets;

namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>Takes connections and never answers, so that what asks it is at work for as long as a test wants.</summary>
internal sealed class SilentServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SilentServer() => _listener.Start();

    /// <summary>Writes a data set of one photo that it never gives.</summary>
    public string WriteManifest(string path)
    {
        File.WriteAllText(path, $"url,label\nhttp://{_listener.LocalEndpoint}/1.jpg,dandelion\n");
        return path;
    }

    public void Dispose() => _listener.Dispose();
}
