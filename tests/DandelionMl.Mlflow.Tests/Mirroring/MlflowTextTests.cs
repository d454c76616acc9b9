using System.Text.RegularExpressions;
using CsCheck;
using DandelionMl.Mlflow.Mirroring;

namespace DandelionMl.Mlflow.Tests.Mirroring;

public sealed partial class MlflowTextTests
{
    [Theory]
    [InlineData("val_recall/Löwenzahn", "val_recall/Löwenzahn")]
    [InlineData("val_recall/a@b", "val_recall/a_b")]
    [InlineData("/a", "_a")]
    [InlineData("a//b", "a/_b")]
    [InlineData("../a", "__/a")]
    [InlineData("a/", "a/_")]
    [InlineData("🌼", "_")]
    public void Key_has_what_MLflow_takes(string name, string key) => Assert.Equal(key, MlflowText.Key(name));

    [Fact]
    public void Key_of_any_name_is_one_that_MLflow_takes() => Gen.String.Where(name => name.Length > 0 && !name.Any(char.IsSurrogate)).Sample(name =>
    {
        var key = MlflowText.Key(name);
        Assert.Matches(Allowed(), key);
        Assert.DoesNotContain("//", key, StringComparison.Ordinal);
        Assert.False(key.StartsWith('/') || key.EndsWith('/'));
    });

    [Fact]
    public void Keys_are_told_apart()
    {
        var keys = MlflowText.Keys(["a@b", "a'b", "A.b"]);

        Assert.Equal(("a_b", "a_b_2", "A_b_3"), (keys["a@b"], keys["a'b"], keys["A.b"]));
    }

    [Fact]
    public void Long_texts_are_seen_to_be_cut()
    {
        Assert.Equal(new string('a', 6_000), MlflowText.Param(new string('a', 6_000)));
        var cut = MlflowText.Param(new string('a', 5_998) + "🌼🌼");
        Assert.Equal(new string('a', 5_998) + "…", cut);
    }

    [GeneratedRegex(@"^[\w\- /]{1,250}\z")]
    private static partial Regex Allowed();
}
