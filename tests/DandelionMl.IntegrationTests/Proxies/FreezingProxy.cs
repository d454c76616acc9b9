using System.Net;
using System.Net.Sockets;

namespace DandelionMl.IntegrationTests.Proxies;

/// <summary>Stands between client and server and, once frozen, passes nothing on: connections stay open and new ones are accepted, but nothing is
/// answered, as by a process that was stopped.</summary>
/// <param name="serverPort">Where the server listens on loopback.</param>
internal sealed class FreezingProxy(int serverPort) : LoopbackProxy
{
    private volatile bool _isFrozen;

    public void Freeze() => _isFrozen = true;

    protected override async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, serverPort, cancellationToken);
        await Task.WhenAny(
            RelayAsync(client.GetStream(), server.GetStream(), cancellationToken), RelayAsync(server.GetStream(), client.GetStream(), cancellationToken));
    }

    private async Task RelayAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        for (int read; (read = await from.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (_isFrozen)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }
}
