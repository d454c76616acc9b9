using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace DandelionMl.Benchmarks.Stores;

/// <summary>Stands for a network between client and server: what either sends arrives a while later, however much is under way.</summary>
internal sealed class DelayedLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _serverPort;
    private readonly TimeSpan _delay;
    private readonly Task _accepting;

    public DelayedLink(int serverPort, TimeSpan delay)
    {
        (_serverPort, _delay) = (serverPort, delay);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient { NoDelay = true };
        near.NoDelay = true;
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            await Task.WhenAny(CarryAsync(near.GetStream(), far.GetStream()), CarryAsync(far.GetStream(), near.GetStream()));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // Where the connection breaks, it breaks for both.
        }
    }

    private Task CarryAsync(NetworkStream from, NetworkStream to)
    {
        var underWay = Channel.CreateUnbounded<(long Sent, byte[] Bytes)>();
        return Task.WhenAll(TakeAsync(), GiveAsync());

        async Task TakeAsync()
        {
            try
            {
                var buffer = new byte[64 * 1024];
                int count;
                while ((count = await from.ReadAsync(buffer, _stop.Token)) > 0)
                {
                    await underWay.Writer.WriteAsync((Stopwatch.GetTimestamp(), buffer[..count]));
                }
            }
            finally
            {
                underWay.Writer.Complete();
            }
        }

        async Task GiveAsync()
        {
            await foreach (var (sent, bytes) in underWay.Reader.ReadAllAsync(_stop.Token))
            {
                if (_delay - Stopwatch.GetElapsedTime(sent) is { Ticks: > 0 } rest)
                {
                    await Task.Delay(rest, _stop.Token);
                }

                await to.WriteAsync(bytes, _stop.Token);
            }
        }
    }
}
