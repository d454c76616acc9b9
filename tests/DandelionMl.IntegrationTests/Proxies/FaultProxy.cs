using System.Net.Sockets;
using System.Text;

namespace DandelionMl.IntegrationTests.Proxies;

/// <summary>What goes wrong with a request.</summary>
internal enum Fault
{
    None,

    /// <summary>503 is answered; the server sees nothing.</summary>
    Busy,

    /// <summary>The connection is reset when half of the request's body has been read; the server sees nothing.</summary>
    CutRequest,

    /// <summary>Nothing is read after half of the request's body, and nothing answered; the server sees nothing.</summary>
    StallRequest,

    /// <summary>The connection is reset after half of the response's body.</summary>
    CutResponse,

    /// <summary>Nothing comes after half of the response's body.</summary>
    StallResponse,

    /// <summary>The server carries the request out, and its response is swallowed.</summary>
    LoseResponse,

    /// <summary>The last byte of the response is another one.</summary>
    WrongBytes,
}

/// <summary>A request that came by.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its path and query.</param>
/// <param name="ExpectsContinue">Whether its body waits to be asked for.</param>
internal sealed record ProxiedRequest(string Method, string Target, bool ExpectsContinue);

/// <summary>An HTTP proxy on loopback before the real server, one request per connection, that lets chosen requests fail.</summary>
/// <param name="server">The real server.</param>
/// <param name="choose">Chooses a request's fault; called for one request at a time.</param>
/// <param name="fault">What is done before a fault takes effect, the server having answered where it is asked at all.</param>
internal sealed class FaultProxy(Uri server, Func<ProxiedRequest, Fault> choose, Func<Task>? fault = null) : LoopbackProxy
{
    private readonly List<ProxiedRequest> _requests = [];

    public Uri Address => new($"http://127.0.0.1:{Port}");

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

    protected override async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        var stream = client.GetStream();
        if (await HttpHead.ReadAsync(stream, cancellationToken) is not { } head)
        {
            return;
        }

        var chosen = Choose(new ProxiedRequest(head.Method, head.Target, head.ExpectsContinue));
        if (head.ExpectsContinue)
        {
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken);
        }

        var body = new byte[chosen is Fault.CutRequest or Fault.StallRequest ? head.ContentLength / 2 : head.ContentLength];
        await stream.ReadExactlyAsync(body, cancellationToken);
        if (chosen is Fault.Busy or Fault.CutRequest or Fault.StallRequest)
        {
            await FailAsync(chosen, client, cancellationToken);
            return;
        }

        var response = await AskServerAsync(head, body, cancellationToken);
        await AnswerAsync(chosen, client, response, cancellationToken);
    }

    private Fault Choose(ProxiedRequest request)
    {
        lock (_requests)
        {
            _requests.Add(request);
            return choose(request);
        }
    }

    private Task HappenAsync(Fault chosen) => chosen == Fault.None || fault is null ? Task.CompletedTask : fault();

    private async Task FailAsync(Fault chosen, TcpClient client, CancellationToken cancellationToken)
    {
        await HappenAsync(chosen);
        switch (chosen)
        {
            case Fault.Busy:
                await client.GetStream().WriteAsync(
                    "HTTP/1.1 503 Slow Down\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancellationToken);
                break;
            case Fault.CutRequest:
                Reset(client);
                break;
            default:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
        }
    }

    private async Task AnswerAsync(Fault chosen, TcpClient client, byte[] response, CancellationToken cancellationToken)
    {
        var stream = client.GetStream();
        var bodyStart = response.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        var half = response.AsMemory(0, bodyStart + ((response.Length - bodyStart) / 2));
        await HappenAsync(chosen);
        switch (chosen)
        {
            case Fault.LoseResponse:
                Reset(client);
                return;
            case Fault.CutResponse:
                await stream.WriteAsync(half, cancellationToken);
                Reset(client);
                return;
            case Fault.StallResponse:
                await stream.WriteAsync(half, cancellationToken);
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return;
            case Fault.WrongBytes:
                response[^1] ^= 1;
                break;
        }

        await stream.WriteAsync(response, cancellationToken);
    }

    private async Task<byte[]> AskServerAsync(HttpHead head, byte[] body, CancellationToken cancellationToken)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(server.Host, server.Port, cancellationToken);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ForOneRequest()), cancellationToken);
        await stream.WriteAsync(body, cancellationToken);
        using var response = new MemoryStream();
        await stream.CopyToAsync(response, cancellationToken);
        return response.ToArray();
    }
}
