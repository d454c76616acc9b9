using DandelionMl.AspNetCore.Pages;
using DandelionMl.AspNetCore.Pages.Predict;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Classification;
using DandelionMl.Photos;
using DandelionMl.Tool.Tests.Support;
using Microsoft.AspNetCore.Routing;

namespace DandelionMl.AspNetCore.Tests.Pages.Predict;

public sealed class PhotoAnswerTests
{
    [Fact]
    public async Task Other_classes_that_a_photo_may_be_of_are_named()
    {
        var labels = Enumerable.Range(0, 9).Select(index => $"class <{index}>").ToArray();
        await using var host = await HostApplication.StartAsync(map: application =>
        {
            var routes = application.MapPublicPages();
            Show(routes, "/one", Certainty.Sure, labels[..1]);
            Show(routes, "/two", Certainty.Sure, labels[..2]);
            Show(routes, "/nine", Certainty.Unsure, labels);
            Show(routes, "/unknown", Certainty.Unknown, labels);
            Show(routes, "/none", Certainty.Sure, null);
        });
        var client = host.CreateClient();

        foreach (var path in new[] { "one", "unknown", "none" })
        {
            Assert.DoesNotContain("It may also be", await ReadAsync(client, path), StringComparison.Ordinal);
        }

        var two = await ReadAsync(client, "two");
        Assert.Contains("It may also be:", two, StringComparison.Ordinal);
        Assert.Contains("<bdi class=\"other\">class &lt;1&gt;</bdi>", two, StringComparison.Ordinal);
        Assert.DoesNotContain("more", two.Split("class=\"maybe\"")[1].Split("</p>")[0], StringComparison.Ordinal);
        Assert.Contains("and 3 more", await ReadAsync(client, "nine"), StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(HostClient client, string path)
    {
        using var response = await client.SendAsync("GET", path);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static void Show(IEndpointRouteBuilder routes, string path, Certainty certainty, string[]? labels)
    {
        var prediction = new Prediction
        {
            Probabilities = [.. (labels ?? ["class <0>", "class <1>"]).Select(label => new ClassProbability(label, 0.1f))],
            Labels = labels, ModelVersion = 1, Sha256 = new string('a', 64),
        };
        routes.MapGet(path, () => PageRoutes.Render<PhotoAnswer>(new { Result = new PhotoResult("a.jpg", new ExaminedPhoto { Prediction = prediction }, certainty) }));
    }
}
