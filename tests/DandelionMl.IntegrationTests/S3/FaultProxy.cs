using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DandelionMl.IntegrationTests.S3;

/// <summary>What goes wrong with a request.</summary>
internal enum Fault
{
    None,

    /// <summary>503 is answered; the server sees nothing.</summary>
    Busy,

    /// <summary>The connection is reset when half of the request's body has been read; the server sees nothing.</summary>
    CutRequest,

    /// <summary>The connection is reset after half of the response's body.</summary>
    CutResponse,

    /// <summary>The server carries the request out, and its response is swallowed.</summary>
    LoseResponse,

    /// <summary>The last byte of the response is another one.</summary>
    WrongBytes,
}

/// <summary>A request that came by.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its path and query.</param>
internal sealed record ProxiedRequest(string Method, string Target);

/// <summary>An HTTP proxy on loopback before the real server, one request per connection, that lets chosen requests fail.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly Uri _server;
    private readonly Func<ProxiedRequest, Fault> _choose;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<ProxiedRequest> _requests = [];
    private readonly Task _accepting;

    /// <param name="server">The real server.</param>
    /// <param name="choose">Chooses a request's fault; called for one request at a time.</param>
    public FaultProxy(Uri server, Func<ProxiedRequest, Fault> choose)
    {
        _server = server;
        _choose = choose;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public IReadOnlyList<ProxiedRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync()));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await RelayAsync(client);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                // The client has gone away, as a client does that gives up.
            }
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        var stream = client.GetStream();
        if (await HttpHead.ReadAsync(stream) is not { } head)
        {
            return;
        }

        var request = new ProxiedRequest(head.Method, head.Target);
        Fault fault;
        lock (_requests)
        {
            _requests.Add(request);
            fault = _choose(request);
        }

        if (head.ExpectsContinue)
        {
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        }

        var body = new byte[fault == Fault.CutRequest ? head.ContentLength / 2 : head.ContentLength];
        await stream.ReadExactlyAsync(body);
        switch (fault)
        {
            case Fault.CutRequest:
                Reset(client);
                return;
            case Fault.Busy:
                await stream.WriteAsync(
                    "HTTP/1.1 503 Slow Down\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                return;
        }

        var response = await AskServerAsync(head, body);
        var bodyStart = response.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        switch (fault)
        {
            case Fault.LoseResponse:
                Reset(client);
                return;
            case Fault.CutResponse:
                await stream.WriteAsync(response.AsMemory(0, bodyStart + ((response.Length - bodyStart) / 2)));
                Reset(client);
                return;
            case Fault.WrongBytes:
                response[^1] ^= 1;
                break;
        }

        await stream.WriteAsync(response);
    }

    private async Task<byte[]> AskServerAsync(HttpHead head, byte[] body)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(_server.Host, _server.Port);
        var stream = server.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ForOneRequest()));
        await stream.WriteAsync(body);
        using var response = new MemoryStream();
        await stream.CopyToAsync(response);
        return response.ToArray();
    }

    private static void Reset(TcpClient client)
    {
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
    }
}
