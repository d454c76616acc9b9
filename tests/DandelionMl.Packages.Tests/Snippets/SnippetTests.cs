using DandelionMl.Packages.Tests.Snippets;
using DandelionMl.Packages.Tests.Support;
using DandelionMl.Tool.Tests.Documents;

namespace DandelionMl.Packages.Tests;

public sealed class SnippetTests
{
    public static TheoryData<string> Documents => [.. MarkdownFiles.ForUsers(Checkout.Root)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Snippets_of_a_document_compile_with_the_usings_they_show(string path)
    {
        var errors = Document.Read(path).Blocks.SelectMany(SnippetCompiler.Errors).ToList();

        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }

    [Fact]
    public void Compiler_finds_an_extension_whose_using_is_missing_and_names_its_line()
    {
        var block = new Document.Block("x.md", 10, ["services"], "\nservices.AddDandelionMl();");

        var error = Assert.Single(SnippetCompiler.Errors(block));

        Assert.StartsWith("x.md(11):", error, StringComparison.Ordinal);
        Assert.Contains("AddDandelionMl", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Documents_show_whole_programs_and_fragments()
    {
        var blocks = MarkdownFiles.ForUsers(Checkout.Root).SelectMany(path => Document.Read(path).Blocks).ToList();

        Assert.Contains(blocks, block => block.IsWholeProgram);
        Assert.Contains(blocks, block => !block.IsWholeProgram);
    }
}
