using System.Net;
using DandelionMl.Shadowing;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class ShadowApiTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    private const string Path = "api/v1/models/shadow";

    [Fact]
    public async Task Shadow_is_started_told_and_ended_by_the_api_and_on_its_pages()
    {
        await host.RefusedAsync(HttpStatusCode.NotFound, "GET", Path, says: "No shadow runs.");
        await host.RefusedAsync(HttpStatusCode.NotFound, "DELETE", Path, says: "No shadow runs.");
        await host.RefusedAsync(HttpStatusCode.NotFound, "PUT", Path, new { version = 99 }, "There is no model version 99.");
        await host.RefusedAsync(HttpStatusCode.Conflict, "PUT", Path, new { version = 1 }, "Version 1 is the champion");
        Assert.Contains("No version runs beside the champion.", await PageAsync("models"), StringComparison.Ordinal);

        // The same training again: the two always agree.
        await DandelionProcess.RunJsonAsync("train", "--no-promote", "--data", host.Data);
        Assert.Contains("Run beside version 1", await PageAsync("models/2"), StringComparison.Ordinal);
        Assert.DoesNotContain("Run beside version", await PageAsync("models/1"), StringComparison.Ordinal);
        var (status, started) = await host.CallAsync("PUT", Path, new { version = 2 });
        Assert.Equal((HttpStatusCode.OK, 2, 1), (status, started.GetProperty("shadowVersion").GetInt32(), started.GetProperty("championVersion").GetInt32()));
        Assert.Equal((0, "open"), (started.GetProperty("compared").GetInt64(), started.GetProperty("reviewed").GetProperty("verdict").GetString()));
        await LookAsync();

        foreach (var photo in host.Samples.Take(3))
        {
            await host.SendPhotoAsync("predict", await File.ReadAllBytesAsync(photo, TestContext.Current.CancellationToken));
        }

        await LookAsync();
        var told = await host.GetAsync(Path);
        Assert.Equal((3, 3, 1.0), (told.GetProperty("compared").GetInt64(), told.GetProperty("agreed").GetInt64(), told.GetProperty("agreementShare").GetDouble()));
        Assert.Equal(3, told.GetProperty("classes").EnumerateArray().Sum(item => item.GetProperty("answers").GetInt64()));
        Assert.Contains("can't be told yet", told.GetProperty("summary").GetString(), StringComparison.Ordinal);
        var page = await PageAsync("models");
        Assert.Contains("Version 2 is asked about each photo beside version 1", page, StringComparison.Ordinal);
        Assert.Contains("100.0%", page, StringComparison.Ordinal);
        Assert.Contains("Runs beside version 1 as its shadow", await PageAsync("models/2"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await host.CallAsync("DELETE", Path)).Status);
        Assert.Contains("Run beside version 1", await PageAsync("models/2"), StringComparison.Ordinal);

        var anna = await host.Host.SignInAsync();
        await PostAsync(anna, "models/2/shadow");
        Assert.Equal(2, (await host.GetAsync(Path)).GetProperty("shadowVersion").GetInt32());
        await PostAsync(anna, "models/shadow/stop");
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("GET", Path)).Status);
    }

    private Task LookAsync() => host.Host.Application.Services.GetServices<IHostedService>().OfType<ShadowWatch>().Single()
        .LookAsync(TestContext.Current.CancellationToken);

    private static async Task PostAsync(HostClient person, string path)
    {
        using var response = await person.SendAsync("POST", path, ("X-Csrf-Token", person.Token!));
        Assert.Equal((HttpStatusCode.Found, "models#shadow"), (response.StatusCode, response.Headers.Location?.ToString().TrimStart('/')));
    }

    private async Task<string> PageAsync(string path)
    {
        var anna = await host.Host.SignInAsync();
        using var response = await anna.SendAsync("GET", path, ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
