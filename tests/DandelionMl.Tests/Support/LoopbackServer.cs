using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DandelionMl.Catalog.Ingestion;

namespace DandelionMl.Tests.Support;

/// <summary>An HTTP server on loopback whose answers a test gives.</summary>
internal sealed class LoopbackServer : IHttpClientFactory, IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Func<HttpListenerRequest, int, HttpListenerResponse, Task> _answer;
    private readonly ConcurrentDictionary<string, int> _requests = new();
    private readonly Task _serving;

    /// <param name="answer">Given the request, how many there were for its path before, and the response to fill.</param>
    public LoopbackServer(Func<HttpListenerRequest, int, HttpListenerResponse, Task> answer)
    {
        _answer = answer;
        _listener = Listen(out var root);
        Root = root;
        _serving = ServeAsync();
    }

    public Uri Root { get; }

    public int Requests(string path) => _requests.GetValueOrDefault(path);

    /// <summary>What an address is taken for where only public ones may be reached; as it is, by default.</summary>
    public Func<IPAddress, bool> IsPublic { get; set; } = PublicAddress.Is;

    /// <summary>Every host is this server.</summary>
    public HttpClient CreateClient(string name) => new(name == IngestionHttp.PublicClientName
        ? IngestionHttp.CreatePublicHandler((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), address => IsPublic(address))
        : IngestionHttp.CreateHandler());

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private static HttpListener Listen(out Uri root)
    {
        // Another process may take the port between the two; then the next one is tried.
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            root = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add(root.AbsoluteUri);
            try
            {
                listener.Start();
                return listener;
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                answers.Add(Task.Run(() => AnswerAsync(context)));
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            await Task.WhenAll(answers);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var before = _requests.AddOrUpdate(context.Request.Url!.AbsolutePath, 1, (_, count) => count + 1) - 1;
        try
        {
            await _answer(context.Request, before, context.Response);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client went away, as it does when the answer is too long for it.
        }
    }
}
