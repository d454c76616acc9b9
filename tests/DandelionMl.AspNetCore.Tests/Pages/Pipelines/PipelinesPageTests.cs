using System.Net;
using System.Text.RegularExpressions;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Data;
using DandelionMl.Pipelines;
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

    [Fact]
    public async Task Reasons_of_runs_are_told_in_the_readers_language_and_old_ones_as_they_were_kept()
    {
        await using var host = await HostApplication.StartAsync();
        var services = host.Application.Services;
        var (token, runner) = (TestContext.Current.CancellationToken, services.GetRequiredService<PipelineRunner>());
        var skipped = (await runner.RunAsync(PipelineIds.Retrain, "anna", cancellationToken: token)).Run;
        var failed = (await runner.RunAsync(PipelineIds.Train, "anna", cancellationToken: token)).Run;
        var client = await host.SignInAsync();

        Assert.Equal((PipelineState.Skipped, "0 new photos, 10 needed"), (skipped.State, skipped.Reason));
        var page = await PageAsync(client, $"pipelines/runs/{skipped.Id}", "fr");
        Assert.Contains("<span>nouvelles photos\u202F: 0, il en faut 10</span>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("reasonCode", page, StringComparison.Ordinal);
        Assert.Equal(["0 new photos, 10 needed"], Regex.Matches(page, "<span lang=\"en\">(0 new[^<]*)<").Select(match => match.Groups[1].Value)); // The log.
        Assert.Equal(PipelineState.Failed, failed.State);
        Assert.Contains(
            "<span>étape \u2068train-model\u2069\u202F: <span>Aucune photo enregistrée pour l’entraînement\u202F: chargez-en d’abord.</span></span>",
            await PageAsync(client, $"pipelines/runs/{failed.Id}", "fr"), StringComparison.Ordinal);

        await services.GetRequiredService<Database>().WriteAsync(
            session => session.ExecuteAsync("UPDATE pipeline_runs SET reason = 'as of old', reason_code = NULL"), token);
        Assert.Contains("<span lang=\"en\">as of old</span>", await PageAsync(client, $"pipelines/runs/{failed.Id}", "fr"), StringComparison.Ordinal);
    }

    private static async Task<string> PageAsync(HostClient client, string path, string language = "en")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("Accept", BrowserRequests.Accept);
        request.Headers.Add("Accept-Language", language);
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private sealed class NotOnMondays : IRetrainPolicy
    {
        public RetrainDecision Decide(RetrainSituation situation) => new(ShouldRetrain: false, "not on Mondays", NewImages: 61, MinimumNewImages: 10);
    }
}
