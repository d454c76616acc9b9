using DandelionMl.IntegrationTests.Airflow;
using DandelionMl.Tool.Tests.Documents.Shell;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Documents;

/// <summary>Commands of documents that need Airflow.</summary>
[Collection(nameof(AirflowTests))]
public sealed class AirflowSnippetTests
{
    public static TheoryData<string> DocumentsToRun => [.. ShellBlock.DocumentsFor(ShellRunner.Airflow, Checkout.Path)];

    [Theory]
    [MemberData(nameof(DocumentsToRun))]
    public async Task Commands_of_a_document_run_as_they_are_written(string path)
    {
        using var airflow = await AirflowInstallation.CreateAsync("3.3.2");
        using var script = new ShellScript(Checkout.Path);
        foreach (var (name, value) in airflow.Settings)
        {
            script.Environment[name] = value;
        }

        await script.RunAsync(path, ShellRunner.Airflow);
    }
}
