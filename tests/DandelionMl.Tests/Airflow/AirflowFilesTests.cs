using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Airflow;

/// <summary>The Python files of deploy/airflow, as far as they need no Airflow. With real ones: DandelionMl.IntegrationTests.</summary>
public sealed partial class AirflowFilesTests
{
    [Fact]
    public async Task Python_tests_pass()
    {
        var (exitCode, output) = await RunPythonAsync("-m", "unittest", "discover", "-s", "tests/airflow");

        Assert.True(exitCode == 0, output);
        Assert.Matches(SomeRan(), output);
    }

    [Fact]
    public async Task Python_files_can_be_compiled()
    {
        const string script =
            """
            import pathlib
            files = sorted(pathlib.Path("deploy/airflow").rglob("*.py"))
            for file in files:
                compile(file.read_text(encoding="utf-8"), str(file), "exec")
            print(len(files))
            """;
        var (exitCode, output) = await RunPythonAsync("-c", script);

        Assert.True(exitCode == 0, output);
        Assert.InRange(int.Parse(output, CultureInfo.InvariantCulture), 9, 100);
    }

    private static async Task<(int ExitCode, string Output)> RunPythonAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("python3", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryFiles.Root,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Assert.Skip("needs python3");
        }

        using (process)
        {
            var token = TestContext.Current.CancellationToken;
            var texts = await Task.WhenAll(process!.StandardOutput.ReadToEndAsync(token), process.StandardError.ReadToEndAsync(token));
            await process.WaitForExitAsync(token);
            return (process.ExitCode, string.Concat(texts));
        }
    }

    [GeneratedRegex(@"Ran [1-9]\d+ tests")]
    private static partial Regex SomeRan();
}
