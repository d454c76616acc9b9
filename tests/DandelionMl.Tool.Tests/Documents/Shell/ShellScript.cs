using System.Globalization;
using System.Text;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Packages.Tests.Support;
using DandelionMl.Tool.Demo;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests.Documents.Shell;

/// <summary>Runs a document's blocks one after the other in one shell, as a newcomer pastes them, in a home folder of its own
/// with drawn photos in <c>~/photos</c>, <c>~/other-photos</c> and <c>photo.jpg</c>.</summary>
internal sealed class ShellScript : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _root;

    /// <summary>A home folder, and nothing run in it yet.</summary>
    /// <param name="root">The checkout's root, <c>$CHECKOUT</c> to the commands.</param>
    public ShellScript(string root)
    {
        _root = root;
        // Every account has one; .NET builds programs of one file below it.
        Directory.CreateDirectory(Path.Combine(Home, ".local", "share"));
        DemoPictures.Draw(Path.Combine(Home, "photos"), 40, seed: 1, CancellationToken.None);
        DemoPictures.Draw(Path.Combine(Home, "other-photos"), 5, seed: 2, CancellationToken.None);
        var dandelions = Path.Combine(Home, "other-photos", "dandelion");
        File.Copy(Directory.EnumerateFiles(dandelions).Order(StringComparer.Ordinal).First(), Path.Combine(Home, "photo.jpg"));
        var address = $"http://localhost:{FreePort.Find()}";
        Meaning = new() { ["http://localhost:8000"] = address, ["http://localhost:5000"] = address };
        var machines = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        Environment = new()
        {
            ["HOME"] = Home,
            // What is built in the checkout goes on finding its packages and the machine's settings of NuGet.
            ["DOTNET_CLI_HOME"] = System.Environment.GetEnvironmentVariable("DOTNET_CLI_HOME") ?? machines,
            ["NUGET_PACKAGES"] = System.Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(machines, ".nuget", "packages"),
            ["CHECKOUT"] = root,
            ["ASPNETCORE_URLS"] = address,
            ["DandelionMl__Backbone"] = BuiltInBackbone.DefaultId,
        };
    }

    /// <summary>Where the commands are typed.</summary>
    public string Home => _folder["home"];

    /// <summary>The commands' environment, beside what they inherit.</summary>
    public Dictionary<string, string?> Environment { get; }

    /// <summary>What documents write, such as a server's address, and what is meant by it here.</summary>
    public Dictionary<string, string> Meaning { get; }

    /// <summary>The command <c>dandelion</c> as these tests were built with it, also where a document builds it anew.</summary>
    public static string BuiltCommand => $$"""
        dandelion() { command dotnet '{{Path.Combine(AppContext.BaseDirectory, "dandelion.dll")}}' "$@"; }
        dotnet() {
          [ "${*:1:6}" = 'run -c Release --project src/DandelionMl.Tool --' ] || { command dotnet "$@"; return; }
          shift 6
          dandelion "$@"
        }

        """;

    /// <summary>Commands of the tests' own, before all others.</summary>
    public string Before { get; set; } = BuiltCommand;

    /// <summary>Runs the blocks of a document that are some tests' to run; all must succeed.</summary>
    /// <returns>What they printed.</returns>
    public async Task<string> RunAsync(string path, string runner)
    {
        var (exitCode, output) = await RunAsync(ShellBlock.In(path, _root).Where(block => block.Runner == runner));
        Assert.True(exitCode == 0, $"{path}: exit code {exitCode}\n{output}");
        Assert.Contains("# all done", output, StringComparison.Ordinal);
        return output;
    }

    /// <summary>Runs blocks. Each is printed with its place before its output.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(IEnumerable<ShellBlock> blocks)
    {
        var script = Path.Combine(Home, "document.sh");
        await File.WriteAllTextAsync(script, Write(blocks), TestContext.Current.CancellationToken);
        return await Command.RunAsync("bash", Home, Environment, script);
    }

    public void Dispose() => _folder.Dispose();

    private string Write(IEnumerable<ShellBlock> blocks)
    {
        var address = Environment["ASPNETCORE_URLS"];
        var text = new StringBuilder($$"""
            set -euo pipefail -m
            shopt -s expand_aliases
            server=
            # Not SIGINT, as of Ctrl+C: where the tests themselves were started in the background, it is ignored.
            stop_server() { [ -z "$server" ] || { kill -TERM -- "-$server" || true; wait "$server" || true; }; server=; }
            trap stop_server EXIT
            {{Before}}
            """);
        foreach (var block in blocks)
        {
            text.Append(CultureInfo.InvariantCulture, $"echo '# {block.Place}'\n");
            var commands = Meaning.Aggregate(
                block.Commands, (written, meant) => written.Replace(meant.Key, meant.Value, StringComparison.Ordinal));
            text.Append(!block.Serves ? $"{commands}\n" : $$"""
                stop_server
                (
                # Ends after the server, whose port is free then.
                trap : TERM
                {{commands}}
                ) &
                server=$!
                # An application that has more than the library in it has no model yet.
                until curl -sfo /dev/null {{address}}/readyz || curl -sfo /dev/null {{address}}/plants/healthz; do
                  kill -0 "$server"
                  sleep 0.2
                done

                """);
        }

        return text.Append("echo '# all done'\n").ToString();
    }
}
