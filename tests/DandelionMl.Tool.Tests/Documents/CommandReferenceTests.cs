using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests.Documents;

public sealed class CommandReferenceTests
{
    /// <summary>Set to 1, the test writes the page anew.</summary>
    private const string Switch = "WRITE_COMMAND_REFERENCE";

    private static readonly string Page = Path.Combine(Checkout.Path, "docs", "reference", "cli.md");

    [Fact]
    public void Page_says_what_the_commands_say()
    {
        var expected = CommandReference.Write();
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            File.WriteAllText(Page, expected);
        }

        Assert.True(
            File.ReadAllText(Page) == expected,
            $"docs/reference/cli.md differs from the commands. To write it anew: {Switch}=1 dotnet test --project "
            + "tests/DandelionMl.Tool.Tests/DandelionMl.Tool.Tests.csproj -c Release -- --filter-class '*CommandReferenceTests'");
    }

    [Fact]
    public void Page_has_every_command_that_help_lists()
    {
        var page = CommandReference.Write();

        Assert.All(
            [
                "serve", "demo", "ingest", "train", "models rollback", "backbone add", "pipeline run", "database upgrade",
                "admin set-password",
            ],
            command => Assert.Matches($@"(?m)^#+ dandelion {command}$", page));
        Assert.Contains("`--epochs` `<epochs>`", page, StringComparison.Ordinal);
    }
}
