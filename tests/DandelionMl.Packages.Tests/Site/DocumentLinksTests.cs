using DandelionMl.Packages.Tests.Support;
using DandelionMl.Tool.Tests.Documents;

namespace DandelionMl.Packages.Tests.Site;

public sealed class DocumentLinksTests
{
    public static TheoryData<string> Documents =>
    [
        .. MarkdownFiles.ForUsers(Checkout.Root), "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "deploy/airflow/README.md",
        "deploy/helm/dandelion/README.md",
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_of_a_document_lead_to_files_and_headings(string path) => Assert.Empty(DocumentLinks.Broken(path));

    [Fact]
    public void Broken_links_are_found()
    {
        var document = Path.Combine(Checkout.Scratch, "..", "links.md");
        File.WriteAllText(
            document, "# A title, one\n[a](#a-title-one) [b](#b) [c](no.md) [d](https://example.com/x)\n```text\n[e](e.md)\n```\n");

        var path = Path.GetRelativePath(Checkout.Root, document);
        Assert.Equal([$"{path}: #b", $"{path}: no.md"], DocumentLinks.Broken(path));
    }

    [Fact]
    public void Readme_is_for_the_first_five_minutes() =>
        Assert.InRange(File.ReadAllLines(Checkout.PathOf("README.md")).Length, 1, 200);

    [Fact]
    public void Every_page_says_what_it_is_for_in_its_first_sentence() => Assert.All(
        MarkdownFiles.ForUsers(Checkout.Root).Where(path => path.StartsWith("docs/", StringComparison.Ordinal)),
        path =>
        {
            var lines = File.ReadAllLines(Checkout.PathOf(path));
            Assert.StartsWith("# ", lines[0], StringComparison.Ordinal);
            Assert.True(lines[1].Length == 0, $"{path}: a blank line is missing under the title.");
            Assert.True(lines[2].Length > 0 && char.IsLetter(lines[2][0]), $"{path} begins with no sentence.");
        });
}
