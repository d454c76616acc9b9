using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

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
        var underWay = new BlockingCollection<(long Sent, byte[] Bytes)>();
        return Task.WhenAll(TakeAsync(), Task.Factory.StartNew(Give, _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default));

        async Task TakeAsync()
        {
            try
            {
                var buffer = new byte[64 * 1024];
                int count;
                while ((count = await from.ReadAsync(buffer, _stop.Token)) > 0)
                {
                    underWay.Add((Stopwatch.GetTimestamp(), buffer[..count]));
                }
            }
            finally
            {
                underWay.CompleteAdding();
            }
        }

        // A thread of its own sleeps to the millisecond; a task's timer may be late by several.
        void Give()
        {
            foreach (var (sent, bytes) in underWay.GetConsumingEnumerable(_stop.Token))
            {
                if (_delay - Stopwatch.GetElapsedTime(sent) is { Ticks: > 0 } rest)
                {
                    // Of a part of a millisecond nothing would be slept.
                    Thread.Sleep((int)Math.Ceiling(rest.TotalMilliseconds));
                }

                to.Write(bytes);
            }
        }
    }
}
