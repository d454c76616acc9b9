using System.Net;
using DandelionMl.AspNetCore.Pages;
using DandelionMl.AspNetCore.Pages.Models;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;
using Microsoft.AspNetCore.Routing;

namespace DandelionMl.AspNetCore.Tests.Pages.Models;

public sealed class ConfusionTableTests
{
    [Fact]
    public async Task Of_many_classes_those_most_often_confused_are_listed_in_place_of_all_cells()
    {
        await using var host = await HostApplication.StartAsync(map: application =>
        {
            var routes = application.MapPublicPages();
            Show(routes, "/twenty", 20);
            Show(routes, "/many", 21);
        });
        var client = host.CreateClient();

        var twenty = await ReadAsync(client, "twenty");
        Assert.Equal(400, twenty.Split("<td").Length - 1);
        Assert.Equal(5, twenty.Split("→").Length - 1);
        var many = await ReadAsync(client, "many");
        Assert.DoesNotContain("<table", many, StringComparison.Ordinal);
        Assert.Equal(20, many.Split("→").Length - 1);
        Assert.Contains("Version 3: Most confused", many, StringComparison.Ordinal);
        Assert.Matches("<a href=\"models/3/photos[^\"]+\">\u2068class 20\u2069 → \u2068class 0\u2069: 21</a>", many);
    }

    /// <summary>Of each class, more photos than of the one before are taken for the first.</summary>
    private static void Show(IEndpointRouteBuilder routes, string path, int classes) => routes.MapGet(path, () => PageRoutes.Render<ConfusionTable>(new
    {
        Caption = "Version 3",
        Version = 3,
        Labels = Enumerable.Range(0, classes).Select(index => $"class {index}").ToArray(),
        Matrix = Enumerable.Range(0, classes)
            .Select(row => Enumerable.Range(0, classes).Select(column => column == row ? 50 : column == 0 ? row + 1 : row == 0 && column == 1 ? 1 : 0).ToArray()).ToArray(),
    }));

    private static async Task<string> ReadAsync(HostClient client, string path)
    {
        using var response = await client.SendAsync("GET", path);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
