using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DandelionMl.IntegrationTests.Postgres;

/// <summary>Stands between client and server and lets something happen when the client sends a text for the n-th time.</summary>
internal sealed class InterceptingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _serverPort;
    private readonly byte[] _text;
    private readonly int _occurrence;
    private readonly Func<Task>? _happening;
    private readonly Task _accepting;
    private int _seen;

    /// <param name="serverPort">Where the server listens on loopback.</param>
    /// <param name="text">What to wait for.</param>
    /// <param name="occurrence">Which time, counted from 1.</param>
    /// <param name="happening">What is done before the text goes on to the server; if null, the text goes on, and the connection is cut
    /// when the server has answered it, the answer lost.</param>
    public InterceptingProxy(int serverPort, string text, int occurrence, Func<Task>? happening)
    {
        (_serverPort, _text, _occurrence, _happening) = (serverPort, Encoding.ASCII.GetBytes(text), occurrence, happening);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether the text came as often as was waited for.</summary>
    public bool HasHappened => _seen >= _occurrence;

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
        using var far = new TcpClient();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var losesAnswer = false;
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _serverPort, ended.Token);
            var (nearStream, farStream) = (near.GetStream(), far.GetStream());
            var there = PumpAsync(nearStream, farStream, BeforeServerAsync, ended.Token);
            var back = PumpAsync(farStream, nearStream, _ => Task.FromResult(!Volatile.Read(ref losesAnswer)), ended.Token);

            // Where one way ends, so does the connection.
            await Task.WhenAny(there, back);
            await ended.CancelAsync();
            await Task.WhenAll(there, back);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // A broken connection is what the client is to see.
        }

        async Task<bool> BeforeServerAsync(ReadOnlyMemory<byte> bytes)
        {
            if (bytes.Span.IndexOf(_text) < 0 || Interlocked.Increment(ref _seen) != _occurrence)
            {
                return true;
            }

            if (_happening is null)
            {
                Volatile.Write(ref losesAnswer, true);
            }
            else
            {
                await _happening();
            }

            return true;
        }
    }

    private static async Task PumpAsync(
        NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, Task<bool>> allow, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer, cancellationToken)) > 0 && await allow(buffer.AsMemory(0, count)))
        {
            await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }
}
