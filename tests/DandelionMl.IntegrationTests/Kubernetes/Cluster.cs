using System.Diagnostics;
using System.Text.Json;
using DandelionMl.IntegrationTests.Kubernetes;
using DandelionMl.Tests.Support;
using DandelionMl.Tool.Tests.Support;

[assembly: AssemblyFixture(typeof(Cluster))]

namespace DandelionMl.IntegrationTests.Kubernetes;

/// <summary>A real Kubernetes API server with its controllers and no nodes, on loopback, with the definitions of Gateway API and of the
/// Prometheus operator. Started by the first test that asks; it ends with the test run, however that ends.</summary>
public sealed class Cluster : IAsyncDisposable
{
    // The shell reads a pipe that this process holds: when it is closed, on purpose or by a kill, the servers are stopped.
    private const string Guard = "start=$1 stop=$2 folder=$3; \"$start\" \"$folder\" >&2 || exit 1; echo up; read -r _; exec \"$stop\" \"$folder\" >&2";

    private readonly TempFolder _folder = new();
    private readonly Lazy<Task> _started;
    private readonly Dictionary<string, string> _environment = [];
    private Process? _shell;
    private int _namespaces;

    /// <summary>A cluster that is not started yet.</summary>
    public Cluster() => _started = new Lazy<Task>(StartAsync);

    private string Folder => _folder["cluster"];

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_shell is not null)
        {
            _shell.StandardInput.Close();
            await _shell.WaitForExitAsync();
            _shell.Dispose();
        }

        _folder.Dispose();
    }

    /// <summary>The environment variables by which <c>kubectl</c> and <c>helm</c> are found and find the cluster.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync()
    {
        SharedFiles.Require("tools/start-kube.sh");
        await _started.Value;
        return _environment;
    }

    /// <summary>A new namespace that takes pods of the restricted Pod Security standard alone.</summary>
    internal async Task<string> CreateNamespaceAsync()
    {
        await EnvironmentAsync();
        var name = $"test-{Interlocked.Increment(ref _namespaces)}";
        await ApplyAsync($$"""
            apiVersion: v1
            kind: Namespace
            metadata:
              name: {{name}}
              labels: { pod-security.kubernetes.io/enforce: restricted }
            """);
        return name;
    }

    /// <summary>Applies objects by the server's side, as Helm 4 does.</summary>
    internal Task ApplyAsync(string yaml, string @namespace = "default") => KubectlAsync(yaml, "apply", "--server-side", "-n", @namespace, "-f", "-");

    /// <summary>What the server makes of objects, without keeping them.</summary>
    internal async Task<List<JsonElement>> DryRunAsync(string @namespace, string yaml)
    {
        var answer = JsonElement.Parse(await KubectlAsync(yaml, "apply", "--server-side", "--dry-run=server", "-n", @namespace, "-o", "json", "-f", "-"));
        return [.. answer.GetProperty("items").EnumerateArray()];
    }

    internal async Task<JsonElement> GetAsync(string @namespace, params string[] what) =>
        JsonElement.Parse(await KubectlAsync(null, ["get", "-n", @namespace, "-o", "json", .. what]));

    /// <summary>Waits until the server says so.</summary>
    internal async Task WaitAsync(string @namespace, string what, Func<JsonElement, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (!condition(await GetAsync(@namespace, what.Split(' '))))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
        }
    }

    internal async Task<string> KubectlAsync(string? input, params string[] arguments) =>
        await Tool.RunAsync(Path.Combine(await KubernetesTools.FolderAsync(), "kubectl"), arguments, input, _environment);

    internal async Task<string> HelmAsync(int major, params string[] arguments) =>
        await Tool.RunAsync(await KubernetesTools.HelmAsync(major), arguments, null, _environment);

    /// <summary>Says what became of pods, as a node would.</summary>
    internal Task<string> PodsAsync(string @namespace, params string[] what) => Tool.RunAsync(
        SharedFiles.Require("tools/kube-pods.sh"), [Folder, .. what], null, new Dictionary<string, string>(_environment) { ["NAMESPACE"] = @namespace });

    /// <summary>Plays the node for a namespace until it is disposed of: pods of Jobs succeed, others run.</summary>
    internal IDisposable RunPods(string @namespace)
    {
        var start = new ProcessStartInfo(SharedFiles.Require("tools/kube-pods.sh"), [Folder, "auto", "600"]) { RedirectStandardOutput = true };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["NAMESPACE"] = @namespace;
        var process = Process.Start(start)!;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return new Node(process);
    }

    private async Task StartAsync()
    {
        var tools = await KubernetesTools.FolderAsync();
        var path = $"{tools}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", Guard, "sh", SharedFiles.Require("tools/start-kube.sh"), SharedFiles.Require("tools/stop-kube.sh"), Folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["KUBE_TOOLS"] = tools, ["PATH"] = path },
        };
        _shell = Process.Start(start)!;
        if (await _shell.StandardOutput.ReadLineAsync() != "up")
        {
            throw new InvalidOperationException("The Kubernetes API server did not start; its output is above.");
        }

        (_environment["KUBECONFIG"], _environment["KUBE_TOOLS"], _environment["PATH"]) = (Path.Combine(Folder, "kubeconfig"), tools, path);
        _environment["HELM_CACHE_HOME"] = _environment["HELM_CONFIG_HOME"] = _environment["HELM_DATA_HOME"] = _folder["helm"];
        foreach (var definitions in Directory.EnumerateFiles(SharedFiles.Require("tools/crds"), "*.xz"))
        {
            await ApplyAsync(await Tool.RunAsync("xz", "-dc", definitions));
        }

        await KubectlAsync(null, "wait", "--for", "condition=established", "crd", "--all", "--timeout=60s");
    }

    private sealed class Node(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }
    }
}
