using System.Net;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Backbones;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Api;

/// <summary>A host whose backbone answers otherwise than where it was first used.</summary>
public sealed class GoldenEmbeddingTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_is_not_ready_until_what_its_backbone_answers_is_accepted()
    {
        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync(host.Host)).Status);
        var services = host.Host.Application.Services;
        var backbone = await services.GetRequiredService<IBackboneProvider>().GetAsync("built-in-v1", cancellationToken: Token);
        var right = GoldenEmbedding.Embed(backbone, Token);
        var golden = new GoldenEmbedding(services.GetRequiredService<SettingStore>());
        await golden.AcceptAsync(backbone.Info, [.. right.Reverse()], Token);

        await using var other = await HostApplication.StartAsync(host.Data);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await ReadyAsync(other));
        await ReadyAsync(other);
        Assert.Equal(2, other.Logs.Text.Split("[204] Error: Backbone built-in-v1").Length);

        await golden.AcceptAsync(backbone.Info, right, Token);
        while ((await ReadyAsync(other)).Status != HttpStatusCode.OK)
        {
            // The watcher looks again by the test's clock.
            other.Time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }
    }

    private static async Task<(HttpStatusCode Status, string Text)> ReadyAsync(HostApplication host)
    {
        using var response = await host.CreateClient().SendAsync("GET", "readyz");
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }
}
