using System.Diagnostics;
using System.Globalization;
using Npgsql;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Postgres;

/// <summary>A real PostgreSQL server in a temporary folder, on a free port of loopback, with fsync on.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "dandelion";
    public const string Password = "s3cret-of-the-test";

    private const int StartAttempts = 3;

    private readonly string _binaries = FindBinaries();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dandelionml-postgres-");
    private bool _isRunning;

    private PostgresServer()
    {
    }

    public int Port { get; private set; }

    private string Data => Path.Combine(_folder.FullName, "data");

    public static async Task<PostgresServer> CreateAsync()
    {
        var server = new PostgresServer();
        try
        {
            await server.InitialiseAsync();
            await server.StartOnFreePortAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>How to connect. A pool of its own for each string, so that tests don't share connections.</summary>
    public NpgsqlConnectionStringBuilder Connect(string database, int? port = null) => new()
    {
        Host = "127.0.0.1",
        Port = port ?? Port,
        Database = database,
        Username = User,
        Password = Password,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    };

    public async Task ExecuteAsync(string database, string sql)
    {
        var parts = Connect(database);
        parts.Pooling = false;
        await using var connection = new NpgsqlConnection(parts.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A database's tables and rows, as SQL that any newer server takes.</summary>
    public async Task<string> DumpAsync(string database)
    {
        var parts = Connect(database);
        var dump = await RunAsync(
            Path.Combine(_binaries, "pg_dump"),
            ["--inserts", "--no-owner", "--no-privileges", "--host", parts.Host!, "--port", Port.ToString(CultureInfo.InvariantCulture),
                "--username", User, database]);

        // Lines for psql alone.
        return string.Join('\n', dump.Split('\n').Where(line => !line.StartsWith('\\')));
    }

    /// <summary>Stops it as a crash would: every connection is cut, nothing is written; the next start recovers from the log.</summary>
    public async Task StopImmediatelyAsync()
    {
        await ControlAsync("stop", "-m", "immediate", "-w");
        _isRunning = false;
    }

    /// <summary>Starts it again on the same port.</summary>
    public async Task StartAsync()
    {
        var settings = string.Create(CultureInfo.InvariantCulture,
            $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=on -c max_connections=300");
        await ControlAsync("start", "-w", "-t", "60", "-l", Path.Combine(_folder.FullName, "log"), "-o", settings);
        _isRunning = true;
    }

    public async Task RestartImmediatelyAsync()
    {
        await StopImmediatelyAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isRunning)
        {
            await StopImmediatelyAsync();
        }

        _folder.Delete(recursive: true);
    }

    // The newest of the places where Debian, Ubuntu, Fedora and Homebrew put it, or wherever PATH says.
    private static string FindBinaries()
    {
        var versions = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderByDescending(Version).Select(folder => Path.Combine(folder, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return versions.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new InvalidOperationException("These tests need PostgreSQL's server ('apt-get install postgresql'); none was found.");

        static int Version(string folder) =>
            int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    private async Task InitialiseAsync()
    {
        var password = Path.Combine(_folder.FullName, "password");
        await File.WriteAllTextAsync(password, Password);
        if (Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root.
            await RunAsync("chown", ["-R", "postgres", _folder.FullName]);
        }

        await RunAsServerAsync(
            "initdb", "-D", Data, "-U", User, "--auth=scram-sha-256", $"--pwfile={password}", "--encoding=UTF8", "--locale=C", "--no-sync");
    }

    private async Task StartOnFreePortAsync()
    {
        for (var attempt = 1; !_isRunning; attempt++)
        {
            Port = FreePort.Find();
            try
            {
                await StartAsync();
            }
            catch (InvalidOperationException) when (attempt < StartAttempts)
            {
                // Another program took the port first.
            }
        }
    }

    private Task<string> ControlAsync(string action, params string[] arguments) => RunAsServerAsync("pg_ctl", [action, "-D", Data, .. arguments]);

    private Task<string> RunAsServerAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PGPASSWORD"] = Password },
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await error} {await output}");
        }

        return await output;
    }
}
