using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DandelionMl.IntegrationTests.Proxies;

/// <summary>What becomes of the text that was waited for.</summary>
internal enum Passage
{
    /// <summary>It goes on to the server.</summary>
    GoesOn,

    /// <summary>The server sees nothing of it; the connection is cut.</summary>
    IsDropped,

    /// <summary>It goes on, and the connection is cut when the server has answered it, the answer lost.</summary>
    LosesAnswer,
}

/// <summary>Stands between client and server and lets something happen when the client has sent some texts, one after the other, on
/// whatever connection.</summary>
/// <param name="serverPort">Where the server listens on loopback.</param>
/// <param name="texts">What to wait for, in this order.</param>
/// <param name="passage">What becomes of the last of them.</param>
/// <param name="happening">What is done before that.</param>
internal sealed class InterceptingProxy(int serverPort, IReadOnlyList<string> texts, Passage passage, Func<Task>? happening = null)
    : LoopbackProxy
{
    private readonly List<byte[]> _texts = [.. texts.Select(Encoding.ASCII.GetBytes)];
    private int _seen;

    /// <summary>Waits for the n-th time that a text comes.</summary>
    public InterceptingProxy(int serverPort, string text, int occurrence, Func<Task> happening)
        : this(serverPort, [.. Enumerable.Repeat(text, occurrence)], Passage.GoesOn, happening)
    {
    }

    /// <summary>Whether all of the texts came.</summary>
    public bool HasHappened => Volatile.Read(ref _seen) >= _texts.Count;

    protected override async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using var far = new TcpClient();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await far.ConnectAsync(IPAddress.Loopback, serverPort, ended.Token);
        var (near, farStream) = (client.GetStream(), far.GetStream());
        var losesAnswer = false;
        var there = PumpAsync(near, farStream, BeforeServerAsync, ended.Token);
        var back = PumpAsync(farStream, near, _ => Task.FromResult(!Volatile.Read(ref losesAnswer)), ended.Token);

        // Where one way ends, so does the connection.
        await Task.WhenAny(there, back);
        await ended.CancelAsync();
        await Task.WhenAll(there, back);

        async Task<bool> BeforeServerAsync(ReadOnlyMemory<byte> bytes)
        {
            if (!IsLastOfTexts(bytes.Span))
            {
                return true;
            }

            if (happening is not null)
            {
                await happening();
            }

            Volatile.Write(ref losesAnswer, passage == Passage.LosesAnswer);
            return passage != Passage.IsDropped;
        }
    }

    private bool IsLastOfTexts(ReadOnlySpan<byte> bytes)
    {
        lock (_texts)
        {
            int at;
            while (_seen < _texts.Count && (at = bytes.IndexOf(_texts[_seen])) >= 0)
            {
                bytes = bytes[(at + _texts[_seen].Length)..];
                if (++_seen == _texts.Count)
                {
                    return true;
                }
            }

            return false;
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
