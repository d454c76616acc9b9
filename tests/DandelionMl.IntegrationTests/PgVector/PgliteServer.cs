using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Npgsql;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.PgVector;

/// <summary>A PostgreSQL with pgvector, compiled for node: PGlite, in memory, on loopback. It has one session and no real locks, so
/// nothing but the SQL of vectors is tried on it.</summary>
public sealed class PgliteServer : IAsyncDisposable
{
    private const string Program = "node_modules/@electric-sql/pglite-socket/dist/scripts/server.js";

    private readonly Process _node;

    private PgliteServer(Process node, int port)
    {
        _node = node;
        Connection = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Database = "postgres",
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            MaxPoolSize = 1,
            CommandTimeout = 300,
            Timeout = 300,
        };
    }

    /// <summary>How to connect: one connection at a time.</summary>
    internal NpgsqlConnectionStringBuilder Connection { get; }

    internal static async Task<PgliteServer> StartAsync()
    {
        var folder = typeof(PgliteServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Pglite").Value!;
        if (!File.Exists(Path.Combine(folder, Program)))
        {
            throw new InvalidOperationException($"These tests need node and PGlite, which test.sh installs into {folder}.");
        }

        var port = FreePort.Find();
        var node = Process.Start(new ProcessStartInfo(
            "node",
            [Program, "--port", port.ToString(CultureInfo.InvariantCulture), "--extensions", "@electric-sql/pglite-pgvector:vector"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        })!;
        while (await node.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("listening", StringComparison.Ordinal))
            {
                return new PgliteServer(node, port);
            }
        }

        throw new InvalidOperationException("PGlite ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        _node.Kill(entireProcessTree: true);
        await _node.WaitForExitAsync();
        _node.Dispose();
    }
}
