using System.Net;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Retraining;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Pages.Pipelines;

public sealed class PipelinesPageTests
{
    [Fact]
    public async Task Photos_that_are_enough_for_a_policy_that_still_says_no_are_not_called_too_few()
    {
        await using var host = await HostApplication.StartAsync(services: services => services.AddSingleton<IRetrainPolicy, NotOnMondays>());

        var client = await host.SignInAsync();

        Assert.Contains("New photos: 61 (10 needed)", await PageAsync(client, "pipelines"), StringComparison.Ordinal);
        Assert.Contains(">61 (10 needed)</a>", await PageAsync(client, ""), StringComparison.Ordinal);
    }

    private static async Task<string> PageAsync(HostClient client, string path)
    {
        using var response = await client.SendAsync("GET", path, ("Accept", BrowserRequests.Accept));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private sealed class NotOnMondays : IRetrainPolicy
    {
        public RetrainDecision Decide(RetrainSituation situation) => new(ShouldRetrain: false, "not on Mondays", NewImages: 61, MinimumNewImages: 10);
    }
}
