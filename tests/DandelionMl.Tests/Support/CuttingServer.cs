using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DandelionMl.Tests.Support;

/// <summary>A small HTTP/1.1 server on the loopback interface, one request per connection, that can break off in the middle.</summary>
internal sealed class CuttingServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<CuttingRequest, CuttingResponse> _answer;
    private readonly List<CuttingRequest> _requests = [];
    private readonly Task _serving;

    public CuttingServer(Func<CuttingRequest, CuttingResponse> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _serving = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    public IReadOnlyList<CuttingRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public void Dispose()
    {
        _listener.Stop();
        _serving.Wait();
        _listener.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client.GetStream());
            }
            catch (SocketException)
            {
                return;
            }
            catch (Exception exception) when (exception is ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            catch (IOException)
            {
                // The client went away: nothing more to tell it.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var path = (await reader.ReadLineAsync())?.Split(' ')[1] ?? "";
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        var request = new CuttingRequest(path, headers);
        int index;
        lock (_requests)
        {
            index = _requests.Count;
            _requests.Add(request);
        }

        var response = _answer(request with { Index = index });
        var head = new StringBuilder($"HTTP/1.1 {response.Status} -\r\nConnection: close\r\nContent-Length: {response.Length}\r\n");
        foreach (var (name, value) in response.Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
        await stream.WriteAsync(response.Body);
    }
}

/// <summary>What was asked for.</summary>
/// <param name="Path">Path and query.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Index">How many requests came before.</param>
internal sealed record CuttingRequest(string Path, IReadOnlyDictionary<string, string> Headers, int Index = 0)
{
    /// <summary>First byte of the range asked for, or null.</summary>
    public int? RangeStart => Headers.TryGetValue("Range", out var range)
        ? int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture)
        : null;
}

/// <summary>What is answered.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The bytes sent.</param>
internal sealed record CuttingResponse(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>What the header says about the body's length; more than the body is a broken connection.</summary>
    public int Length { get; init; } = Body.Length;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The rest of a file, or all of it.</summary>
    public static CuttingResponse File(byte[] content, int? from) => from is not { } start
        ? new CuttingResponse(200, content)
        : new CuttingResponse(206, content.AsMemory(start))
        {
            Headers = new Dictionary<string, string> { ["Content-Range"] = $"bytes {start}-{content.Length - 1}/{content.Length}" },
        };

    /// <summary>The same, broken off after some bytes.</summary>
    public CuttingResponse CutAfter(int bytes) => this with { Body = Body[..bytes], Length = Body.Length };
}
