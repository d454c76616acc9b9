using DandelionMl.IntegrationTests.Mlflow;
using DandelionMl.Tool.Tests.Documents.Shell;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Documents;

/// <summary>Commands of documents that need an MLflow server.</summary>
public sealed class MlflowSnippetTests
{
    public static TheoryData<string> DocumentsToRun => [.. ShellBlock.DocumentsFor(ShellRunner.Mlflow, Checkout.Path)];

    [Theory]
    [MemberData(nameof(DocumentsToRun))]
    public async Task Commands_of_a_document_run_as_they_are_written(string path)
    {
        await using var server = await MlflowServer.CreateAsync();
        using var script = new ShellScript(Checkout.Path);
        script.Meaning["http://mlflow:5000"] = server.Address.AbsoluteUri.TrimEnd('/');

        await script.RunAsync(path, ShellRunner.Mlflow);
    }
}
