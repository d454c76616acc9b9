using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Pages;

public sealed class PageAddressTests
{
    [Theory]
    [InlineData("/review", "/review")]
    [InlineData("/review/history?skip=50", "/review/history?skip=50")]
    [InlineData(null, "/plants/")]
    [InlineData("", "/plants/")]
    [InlineData("review", "/plants/")]
    [InlineData("//elsewhere.example", "/plants/")]
    [InlineData("/\\elsewhere.example", "/plants/")]
    [InlineData("/\t/elsewhere.example", "/plants/")]
    [InlineData("https://elsewhere.example", "/plants/")]
    [InlineData("javascript:alert(1)", "/plants/")]
    public void LocalOrHome_gives_paths_of_this_host_alone(string? path, string expected) =>
        Assert.Equal(expected, Create("/plants", "/plants/review", out _).LocalOrHome(path));

    [Theory]
    [InlineData("", "/review", "", "/", "/review")]
    [InlineData("/plants", "/plants/review", "", "/plants/", "/plants/review")]
    [InlineData("/plants", "/plants/review", "/base", "/base/plants/", "/base/plants/review")]
    [InlineData("/a b", "/a b/review", "", "/a%20b/", "/a%20b/review")]
    public void Addresses_are_below_the_mount_and_the_applications_base(string mount, string path, string pathBase, string root, string here)
    {
        var address = Create(mount, path, out var context);
        context.Request.PathBase = pathBase;

        Assert.Equal(root, address.Base);
        Assert.Equal(here, address.Here);
        Assert.True(address.IsAt("review"));
        Assert.False(address.IsAt("rev"));
        Assert.Equal("api/v1/images/7/picture", address.Api($"images/{7}/picture"));
    }

    [Theory]
    [InlineData("/plants/review", "text/html,application/xhtml+xml,*/*;q=0.8", true)]
    [InlineData("/plants/review", "*/*", false)]
    [InlineData("/plants/review", "application/json", false)]
    [InlineData("/plants/review", "", false)]
    [InlineData("/plants/api/v1/models", "text/html", false)]
    public void WantsPage_is_for_browsers(string path, string accept, bool expected)
    {
        Create("/plants", path, out var context);
        context.Request.Headers.Accept = accept;

        Assert.Equal(expected, context.WantsPage());
    }

    private static PageAddress Create(string mount, string path, out HttpContext context)
    {
        var (mounts, placed) = (new Mounts(), new Mount());
        placed.Place(RoutePatternFactory.Parse(mount));
        mounts.AddApi(placed);
        mounts.AddPages(placed);
        context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(mounts).BuildServiceProvider() };
        context.Request.Path = path;
        return new PageAddress(new HttpContextAccessor { HttpContext = context }, mounts);
    }
}
