using System.Globalization;
using System.Text;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Onnx.Tests.Support;
using DandelionMl.Packages.Tests.Support;
using DandelionMl.Tool.Demo;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests.Documents.Shell;

/// <summary>Runs a document's blocks one after the other in one shell, as a newcomer pastes them, in a home folder of its own
/// with drawn photos in <c>~/photos</c>, <c>~/other-photos</c> and <c>photo.jpg</c>, and an exported network in
/// <c>mobilenetv2-features.onnx</c>, far smaller than that one.</summary>
internal static class ShellScript
{
    private const string DocumentedAddress = "http://localhost:8000";

    /// <summary>Runs the blocks that are to be run. Each is printed with its place before its output.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(IEnumerable<ShellBlock> blocks)
    {
        using var folder = new TempFolder();
        var home = folder["home"];
        DemoPictures.Draw(Path.Combine(home, "photos"), 40, seed: 1, CancellationToken.None);
        DemoPictures.Draw(Path.Combine(home, "other-photos"), 5, seed: 2, CancellationToken.None);
        var dandelions = Path.Combine(home, "other-photos", "dandelion");
        var photo = Directory.EnumerateFiles(dandelions).Order(StringComparer.Ordinal).First();
        File.Copy(photo, Path.Combine(home, "photo.jpg"));
        await File.WriteAllBytesAsync(Path.Combine(home, "mobilenetv2-features.onnx"), ShapedGraphs.Plain("n").ToModel(), TestContext.Current.CancellationToken);
        var address = $"http://localhost:{FreePort.Find()}";
        var script = Path.Combine(home, "document.sh");
        await File.WriteAllTextAsync(script, Write(blocks, address), TestContext.Current.CancellationToken);
        return await Command.RunAsync("bash", home, new Dictionary<string, string?>
        {
            ["HOME"] = home,
            ["ASPNETCORE_URLS"] = address,
            ["DandelionMl__Backbone"] = BuiltInBackbone.DefaultId,
        }, script);
    }

    private static string Write(IEnumerable<ShellBlock> blocks, string address)
    {
        // The program that these tests were built with stands for its building anew.
        var text = new StringBuilder($$"""
            set -euo pipefail -m
            shopt -s expand_aliases
            server=
            # Not SIGINT, as of Ctrl+C: where the tests themselves were started in the background, it is ignored.
            end() { [ -z "$server" ] || { kill -TERM -- "-$server" || true; wait "$server" || true; }; server=; }
            trap end EXIT
            dandelion() { command dotnet '{{Path.Combine(AppContext.BaseDirectory, "dandelion.dll")}}' "$@"; }
            dotnet() {
              [ "${*:1:6}" = 'run -c Release --project src/DandelionMl.Tool --' ] || { command dotnet "$@"; return; }
              shift 6
              dandelion "$@"
            }

            """);
        foreach (var block in blocks.Where(block => block.Reason is null))
        {
            text.Append(CultureInfo.InvariantCulture, $"echo '# {block.Place}'\n");
            var commands = block.Commands.Replace(DocumentedAddress, address, StringComparison.Ordinal);
            text.Append(!block.Serves ? $"{commands}\n" : $$"""
                end
                (
                # Ends after the server, whose port is free then.
                trap : TERM
                {{commands}}
                ) &
                server=$!
                curl --silent --fail --output /dev/null --retry 120 --retry-delay 1 --retry-all-errors {{address}}/readyz
                kill -0 "$server"

                """);
        }

        return text.Append("echo '# all done'\n").ToString();
    }
}
