using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace DandelionMl.Packages.Tests.Support;

/// <summary>A program that listens, until it is disposed.</summary>
internal sealed partial class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _news = Channel.CreateUnbounded<string>();

    private RunningServer(Process process)
    {
        _process = process;
        process.EnableRaisingEvents = true;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"The program ended:\n{Output}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>All that it has said.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public HttpClient Client { get; } = new();

    /// <summary>Starts a program and waits until it says where it listens.</summary>
    public static async Task<RunningServer> StartAsync(
        string program, string folder, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var server = new RunningServer(Command.Start(program, folder, environment, arguments));
        try
        {
            server.Client.BaseAddress = await server._address.Task.WaitAsync(StartLimit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            await server.DisposeAsync();
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not listen:\n{server.Output}");
        }

        return server;
    }

    /// <summary>Waits until it says something, which may come after its answer.</summary>
    public async Task WaitForAsync(string text)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(StartLimit);
        try
        {
            while (!(await _news.Reader.ReadAsync(limit.Token)).Contains(text, StringComparison.Ordinal))
            {
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"It never said '{text}':\n{Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        _news.Writer.TryWrite(line);

        if (Address().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Value));
        }
    }

    [GeneratedRegex(@"http://(localhost|127\.0\.0\.1):\d+")]
    private static partial Regex Address();
}
