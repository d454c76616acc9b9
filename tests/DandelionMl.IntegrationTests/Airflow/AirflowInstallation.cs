using System.Diagnostics;
using System.Reflection;
using System.Text;
using DandelionMl.Tests.Support;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Data.Sqlite;

namespace DandelionMl.IntegrationTests.Airflow;

/// <summary>A real Airflow with the repository's DAGs and plugins and a database of its own. Its Python environment is made once and kept.</summary>
internal sealed class AirflowInstallation : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly TempFolder _home = new();
    private readonly string _environment;

    private AirflowInstallation(string environment) => _environment = environment;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The environment variables by which its programs are found and find what is theirs.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["PATH"] = $"{Programs}:{Environment.GetEnvironmentVariable("PATH")}",
        ["AIRFLOW_HOME"] = _home.Path,
        ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False",
        ["AIRFLOW__CORE__DAGS_FOLDER"] = Path.Combine(Shipped, "dags"),
        ["AIRFLOW__CORE__PLUGINS_FOLDER"] = Path.Combine(Shipped, "plugins"),
        ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = $"sqlite:///{Database}",
    };

    private static string Shipped => Path.Combine(RepositoryFiles.Root, "deploy", "airflow");

    private string Programs => Path.Combine(_environment, "venv", "bin");

    private string Database => _home["airflow.db"];

    /// <summary>Installs a version, unless it is there; the test is skipped where there is none to be had.</summary>
    public static async Task<AirflowInstallation> CreateAsync(string version)
    {
        var script = SharedFiles.Require("tools/airflow-venv.sh");
        var environments = typeof(AirflowInstallation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "AirflowVenvs").Value!;
        var airflow = new AirflowInstallation(Path.Combine(environments, version));
        try
        {
            var (exitCode, output) = await StartAsync(script, [airflow._environment, version], new Dictionary<string, string>());
            if (exitCode != 0)
            {
                // A machine that is busy may have been too slow for the first one.
                (exitCode, output) = await StartAsync(script, [airflow._environment, version], new Dictionary<string, string>());
            }

            Assert.True(exitCode == 0, output);
            File.Copy(Path.Combine(airflow._environment, "home", "airflow.db"), airflow.Database);
            return airflow;
        }
        catch
        {
            airflow.Dispose();
            throw;
        }
    }

    /// <summary>Runs a program of the environment to its end, which must be a success. Returns what it wrote.</summary>
    /// <param name="program">Its name, such as <c>airflow</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="settings">Environment variables.</param>
    public async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> settings)
    {
        var (exitCode, output) = await StartAsync(
            Path.Combine(Programs, program), arguments, settings.Concat(Settings).ToDictionary(StringComparer.Ordinal));
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)}: {exitCode}{Environment.NewLine}{output}");
        return output;
    }

    /// <summary>The runs of a DAG that were triggered and are not at work yet.</summary>
    public async Task<long> CountQueuedAsync(string dag)
    {
        await using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM dag_run WHERE dag_id = $dag AND state = 'queued'";
        command.Parameters.AddWithValue("$dag", dag);
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }

    public void Dispose() => _home.Dispose();

    private static async Task<(int ExitCode, string Output)> StartAsync(
        string program, IReadOnlyList<string> arguments, Dictionary<string, string> settings)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryFiles.Root,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AIRFLOW", StringComparison.Ordinal) || name.StartsWith("DANDELIONML_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);
        var output = new StringBuilder();
        var read = Task.WhenAll(ReadAsync(process.StandardOutput, output), ReadAsync(process.StandardError, output));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            await read;
            Assert.Fail($"{program} {string.Join(' ', arguments)} took longer than {Patience}:{Environment.NewLine}{output}");
        }

        await read;
        return (process.ExitCode, output.ToString());
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder output)
    {
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }
}
