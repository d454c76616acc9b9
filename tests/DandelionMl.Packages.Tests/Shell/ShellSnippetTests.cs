using DandelionMl.Packages.Tests.Support;
using DandelionMl.Tool.Tests.Documents.Shell;

namespace DandelionMl.Packages.Tests.Shell;

/// <summary>Commands that documents show to users of the packages, run from the packages alone.</summary>
[Collection(PackedFamily.Collection)]
public sealed class ShellSnippetTests(PackagesUser user) : IClassFixture<PackagesUser>
{
    public static TheoryData<string> DocumentsToRun => [.. ShellBlock.DocumentsFor(ShellRunner.Packages, Checkout.Root)];

    [Theory]
    [MemberData(nameof(DocumentsToRun))]
    public Task Commands_of_a_document_run_as_they_are_written(string path) => user.Script.RunAsync(path, ShellRunner.Packages);
}
