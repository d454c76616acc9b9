using System.Net;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Retraining;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Pages.Pipelines;

public sealed class PipelinesPageTests
{
    [Fact]
    public async Task Photos_that_are_enough_for_a_policy_that_still_says_no_are_not_called_too_few()
    {
        await using var host = await HostApplication.StartAsync(services: services => services.AddSingleton<IRetrainPolicy, NotOnMondays>());

        Assert.Contains("New photos: 61 (10 needed)", await PageAsync(host, "pipelines"), StringComparison.Ordinal);
        Assert.Contains(">61 (10 needed)</a>", await PageAsync(host, ""), StringComparison.Ordinal);
    }

    private static async Task<string> PageAsync(HostApplication host, string path)
    {
        using var response = await host.CreateClient().SendAsync("GET", path, ("X-Api-Key", host.Key));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private sealed class NotOnMondays : IRetrainPolicy
    {
        public RetrainDecision Decide(RetrainSituation situation) => new(ShouldRetrain: false, "not on Mondays", NewImages: 61, MinimumNewImages: 10);
    }
}
