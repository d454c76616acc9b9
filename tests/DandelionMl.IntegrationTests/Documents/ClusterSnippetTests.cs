using DandelionMl.IntegrationTests.Kubernetes;
using DandelionMl.Tool.Tests.Documents.Shell;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Documents;

/// <summary>Commands of documents that need a cluster, each document in a namespace of its own, where pods of Jobs succeed and
/// others run.</summary>
public sealed class ClusterSnippetTests(Cluster cluster)
{
    public static TheoryData<string> DocumentsToRun => [.. ShellBlock.DocumentsFor(ShellRunner.Cluster, Checkout.Path)];

    [Theory]
    [MemberData(nameof(DocumentsToRun))]
    public async Task Commands_of_a_document_run_as_they_are_written(string path)
    {
        using var script = new ShellScript(Checkout.Path);
        foreach (var (name, value) in await cluster.EnvironmentAsync())
        {
            script.Environment[name] = value;
        }

        var space = $"document-{Guid.NewGuid():N}";
        (script.Environment["HELM_NAMESPACE"], script.Meaning["-n plants"], script.Meaning["namespace plants"]) =
            (space, $"-n {space}", $"namespace {space}");
        using var node = cluster.RunPods(space);

        await script.RunAsync(path, ShellRunner.Cluster);
    }
}
