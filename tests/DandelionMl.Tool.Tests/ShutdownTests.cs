using System.Globalization;
using System.Net.Sockets;
using System.Text;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests;

/// <summary>A host that is asked to end, as an orchestrator asks it, while clients are sending.</summary>
public sealed class ShutdownTests : IDisposable
{
    private const string Boundary = "the-boundary";

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Photo_under_way_is_answered_and_a_client_that_never_goes_on_is_not_waited_for()
    {
        var data = _folder["data"];
        await DemoData.CopyToAsync(data);
        await using var host = DandelionProcess.Start("serve", "--data", data, "--urls", "http://127.0.0.1:0");
        var line = await host.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        var address = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]);
        var photo = await File.ReadAllBytesAsync(
            Directory.EnumerateFiles(Path.Combine(data, "samples", "dandelion")).Order(StringComparer.Ordinal).First(), Token);
        using var slow = await SlowClient.StartAsync(address, photo);
        using var silent = await SlowClient.StartAsync(address, photo);

        host.Terminate();
        await host.ReadUntilAsync(line => line.Contains("Application is shutting down", StringComparison.Ordinal));
        host.DrainOutput();
        var answer = await slow.EndAsync();

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"prediction\":\"dandelion\"", answer, StringComparison.Ordinal);
        Assert.Equal(0, await host.WaitForExitAsync());
    }

    /// <summary>A client whose photo is received, but for its last bytes.</summary>
    private sealed class SlowClient : IDisposable
    {
        private const int Held = 16;

        private readonly TcpClient _client = new();
        private readonly byte[] _body;

        private SlowClient(byte[] photo) => _body =
        [
            .. Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n"),
            .. photo,
            .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n"),
        ];

        public static async Task<SlowClient> StartAsync(Uri address, byte[] photo)
        {
            var client = new SlowClient(photo);
            await client._client.ConnectAsync(address.Host, address.Port, Token);
            var head = string.Create(
                CultureInfo.InvariantCulture,
                $"POST /predict HTTP/1.1\r\nHost: {address.Authority}\r\nExpect: 100-continue\r\nContent-Type: multipart/form-data; boundary={Boundary}\r\nContent-Length: {client._body.Length}\r\n\r\n");
            var stream = client._client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Token);

            // The server asks for the body once it reads it.
            var buffer = new byte[64];
            var read = await stream.ReadAsync(buffer, Token);
            Assert.StartsWith("HTTP/1.1 100 ", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
            await stream.WriteAsync(client._body.AsMemory(0, client._body.Length - Held), Token);
            return client;
        }

        /// <summary>Sends the rest.</summary>
        /// <returns>The answer as far as the server sends it before it closes the connection.</returns>
        public async Task<string> EndAsync()
        {
            var stream = _client.GetStream();
            await stream.WriteAsync(_body.AsMemory(_body.Length - Held), Token);
            using var answer = new MemoryStream();
            await stream.CopyToAsync(answer, Token);
            return Encoding.UTF8.GetString(answer.ToArray());
        }

        public void Dispose() => _client.Dispose();
    }
}
