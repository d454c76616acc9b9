using DandelionMl.AspNetCore.Pages;
using Microsoft.AspNetCore.Http;

namespace DandelionMl.AspNetCore.Tests.Pages;

public sealed class PageRequestsTests
{
    [Theory]
    [InlineData("/review", "/review")]
    [InlineData("/review/history?skip=50", "/review/history?skip=50")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("review", "/")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/\\elsewhere.example", "/")]
    [InlineData("/\t/elsewhere.example", "/")]
    [InlineData("https://elsewhere.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    public void LocalOrHome_gives_paths_of_this_host_alone(string? path, string expected) =>
        Assert.Equal(expected, PageRequests.LocalOrHome(path));

    [Theory]
    [InlineData("/review", "text/html,application/xhtml+xml,*/*;q=0.8", true)]
    [InlineData("/review", "*/*", false)]
    [InlineData("/review", "application/json", false)]
    [InlineData("/review", "", false)]
    [InlineData("/api/v1/models", "text/html", false)]
    public void WantsPage_is_for_browsers(string path, string accept, bool expected)
    {
        var request = new DefaultHttpContext().Request;
        (request.Path, request.Headers.Accept) = (path, accept);

        Assert.Equal(expected, request.WantsPage());
    }
}
