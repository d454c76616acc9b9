using System.Text.RegularExpressions;
using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests.Containers;

/// <summary>What a build by <c>deploy/Dockerfile</c> takes and gives, as far as can be read from it.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string[] Lines = File.ReadAllLines(Checkout.PathOf("deploy/Dockerfile"));

    [Fact]
    public void Image_is_a_users_without_rights_and_has_a_small_target()
    {
        Assert.Equal("1654", Lines.Single(line => line.StartsWith("USER ", StringComparison.Ordinal))["USER ".Length..]);
        Assert.Equal(["build", "publish-small", "publish", "runtime", "small", "dandelion"], Lines.Select(line => Stage().Match(line)).Where(match => match.Success).Select(match => match.Groups[2].Value));
        Assert.All(
            Lines.Select(line => Stage().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value),
            from => Assert.True(from is "ubuntu:24.04" or "build" or "runtime", from));
    }

    [Fact]
    public void Context_holds_the_sources_that_are_published_and_nothing_else()
    {
        var taken = File.ReadAllLines(Checkout.PathOf(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..].TrimEnd('/')).ToList();

        Assert.Contains("*", File.ReadAllLines(Checkout.PathOf(".dockerignore")));
        Assert.All(taken, path => Assert.True(Path.Exists(Checkout.PathOf(path)), path));
        Assert.DoesNotContain(taken, path => path is "tests" or ".git" or "deploy");
        Assert.All(["src", "global.json", "Directory.Build.props", "Directory.Packages.props"], path => Assert.Contains(path, taken));
    }

    [GeneratedRegex(@"^FROM (\S+) AS (\S+)$")]
    private static partial Regex Stage();
}
