using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace DandelionMl.Tool.Tests.Support;

/// <summary>The real program in a process of its own.</summary>
internal sealed class DandelionProcess : IAsyncDisposable
{
    /// <summary>Far longer than a command takes on the busiest machine: one that hangs fails its test, and says what it printed.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly Task _errorDrained;

    private DandelionProcess(Process process)
    {
        _process = process;
        _errorDrained = Task.Run(async () =>
        {
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                lock (_error)
                {
                    _error.AppendLine(line);
                }
            }
        });
    }

    public static DandelionProcess Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    /// <summary>Starts a command with environment variables of its own.</summary>
    public static DandelionProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start(environment, input: null, arguments);

    /// <summary>Starts another program than <c>dandelion</c>.</summary>
    /// <param name="assembly">The program's assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    public static DandelionProcess StartProgram(string assembly, params string[] arguments) =>
        Start(assembly, new Dictionary<string, string>(), input: null, arguments);

    private static DandelionProcess Start(IReadOnlyDictionary<string, string> environment, string? input, string[] arguments) =>
        Start(Path.Combine(AppContext.BaseDirectory, "dandelion.dll"), environment, input, arguments);

    private static DandelionProcess Start(
        string assembly, IReadOnlyDictionary<string, string> environment, string? input, string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input is not null,
        };
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // A test reaches nothing but loopback, so the backbone is never a download.
        start.Environment["DandelionMl__Backbone"] = "built-in-v1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        if (input is not null)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }

        return new DandelionProcess(process);
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        RunAsync(new Dictionary<string, string>(), arguments);

    /// <inheritdoc cref="RunAsync(string[])"/>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        await RunToEndAsync(Start(environment, arguments));

    /// <summary>Runs a command to its end with something on its standard input.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunWithInputAsync(string input, params string[] arguments) =>
        RunToEndAsync(Start(new Dictionary<string, string>(), input, arguments));

    /// <summary>Runs a file-based app to its end, built as Release.</summary>
    /// <param name="file">The app's file.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Task<(int ExitCode, string Output, string Error)> RunFileAsync(string file, params string[] arguments) => RunToEndAsync(Start(
        "run",
        // Build servers that outlive the command would hold on to its output.
        new Dictionary<string, string> { ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false" },
        input: null,
        ["--configuration", "Release", "--file", file, "--", .. arguments]));

    private static async Task<(int ExitCode, string Output, string Error)> RunToEndAsync(DandelionProcess started)
    {
        await using var process = started;
        var output = await process.WithinLimitAsync(token => process._process.StandardOutput.ReadToEndAsync(token));
        return (await process.WaitForExitAsync(), output, process.Error);
    }

    /// <summary>Runs a command with <c>--json</c> to its end, which must be a success, and reads its document.</summary>
    public static Task<JsonElement> RunJsonAsync(params string[] arguments) => RunJsonAsync(new Dictionary<string, string>(), arguments);

    /// <inheritdoc cref="RunJsonAsync(string[])"/>
    public static async Task<JsonElement> RunJsonAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(environment, [.. arguments, "--json"]);
        // 4: what was trained is there, though the gate rejected it.
        Assert.True(exitCode is 0 or 4, $"exit code {exitCode}: {error}");
        return JsonDocument.Parse(output).RootElement;
    }

    public string Error
    {
        get
        {
            lock (_error)
            {
                return _error.ToString();
            }
        }
    }

    /// <summary>Reads standard output up to the first line that is wanted.</summary>
    public async Task<string> ReadUntilAsync(Func<string, bool> wanted)
    {
        while (await WithinLimitAsync(token => _process.StandardOutput.ReadLineAsync(token).AsTask()) is { } line)
        {
            if (wanted(line))
            {
                return line;
            }
        }

        await WaitForExitAsync();
        throw new InvalidOperationException($"The program ended with {_process.ExitCode}: {Error}");
    }

    /// <summary>Reads standard output on to its end, so that a program that logs much never waits for a reader.</summary>
    public void DrainOutput() => _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);

    /// <summary>Ends the process at once, as a crash or a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync();
    }

    /// <summary>Like <see cref="KillAsync"/>, for one caller while another waits for the end.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks the process to end, as an orchestrator does.</summary>
    public async Task<int> TerminateAsync()
    {
        Terminate();
        return await WaitForExitAsync();
    }

    /// <summary>Like <see cref="TerminateAsync"/>, without waiting for the end.</summary>
    public void Terminate()
    {
        const int sigterm = 15;
        Assert.Equal(0, SendSignal(_process.Id, sigterm));
    }

    public async Task<int> WaitForExitAsync()
    {
        await WithinLimitAsync(async token =>
        {
            await _process.WaitForExitAsync(token);
            return 0;
        });
        await _errorDrained;
        return _process.ExitCode;
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Fails if the process has ended, as one that a test wants to catch at its work.</summary>
    public void AssertRunning() => Assert.False(HasExited, $"The program ended: {Error}");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<T> WithinLimitAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await work(limit.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The program neither said what was waited for nor ended within {Limit.TotalMinutes} minutes: {Error}");
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
