using System.Diagnostics;

namespace DandelionMl.IntegrationTests.S3;

/// <summary>A server process in the foreground, which ends with the test run however that ends.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    // The shell reads a pipe that this process holds: when it is closed, on purpose or by a kill, the server is killed too.
    private const string Guard = "\"$@\" & server=$!; read -r _; kill -KILL $server; wait $server";

    private readonly Process _shell;

    private Daemon(Process shell) => _shell = shell;

    /// <summary>Starts a server; what it prints goes to a file.</summary>
    public static Daemon Start(string logFile, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        foreach (var argument in (string[])["-c", $"exec >'{logFile}' 2>&1; {Guard}", "sh", program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return new Daemon(Process.Start(start)!);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it printed.</exception>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await errors}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }
}
