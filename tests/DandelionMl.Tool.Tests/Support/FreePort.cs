using System.Net;
using System.Net.Sockets;

namespace DandelionMl.Tool.Tests.Support;

/// <summary>Finds a port of loopback for a server that can't find one itself. Another program may take it first.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
