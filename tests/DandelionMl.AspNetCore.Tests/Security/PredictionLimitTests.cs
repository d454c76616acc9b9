using System.Net;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Classification;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Security;

public sealed class PredictionLimitTests
{
    [Fact]
    public async Task Predict_above_the_burst_is_a_429_that_says_when_to_come_again()
    {
        await using var host = await HostApplication.StartAsync(settings: new()
        {
            ["Security:PredictionBurst"] = "3",
            ["Security:PredictionsPerMinute"] = "1",
        });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PredictAsync(host));
        }

        using var response = await host.CreateClient().SendAsync("POST", "predict");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.InRange(int.Parse(Assert.Single(response.Headers.GetValues("Retry-After")), null), 1, 60);
        var detail = (await HostClient.BodyAsync(response)).GetProperty("detail").GetString();
        Assert.Contains("more than 1 predictions a minute, or 3 at once", detail, StringComparison.Ordinal);
        Assert.Contains("DandelionMl:Security:PredictionsPerMinute", detail, StringComparison.Ordinal);

        // Only what it limits.
        Assert.Equal(HttpStatusCode.OK, await host.CreateClient().StatusAsync("GET", ""));
    }

    [Fact]
    public async Task Predict_without_a_limit_is_not_limited()
    {
        await using var host = await HostApplication.StartAsync(settings: new()
        {
            ["Security:PredictionBurst"] = "1",
            ["Security:PredictionsPerMinute"] = "0",
        });
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PredictAsync(host));
        }
    }

    [Fact]
    public async Task Predict_photos_of_one_form_count_as_single_ones()
    {
        await using var host = await HostApplication.StartAsync(settings: new()
        {
            ["Security:PredictionBurst"] = "3",
            ["Security:PredictionsPerMinute"] = "1",
        },
        services: services => services.AddSingleton<IImageClassifier, BusyClassifier>());
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < 5; i++)
        {
            form.Add(new ByteArrayContent([]), "files", $"photo{i}.jpg");
        }

        using var response = await host.CreateClient().SendAsync("POST", "predict/photos", content: form);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, host.Application.Services.GetRequiredService<IImageClassifier>() is BusyClassifier { Asked: var asked } ? asked : -1);
        Assert.Equal(HttpStatusCode.TooManyRequests, await PredictAsync(host));
    }

    [Fact]
    public async Task Photo_larger_than_what_a_client_may_have_kept_is_classified_alone()
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);
        await using var host = await HostApplication.StartAsync(folder["data"], new() { ["Security:KeptBytesPerHour"] = "1024" });
        var sample = Directory.EnumerateFiles(folder["data/samples"], "*", SearchOption.AllDirectories).First();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(sample, TestContext.Current.CancellationToken)), "file", "photo.jpg" },
            { new StringContent("true"), "keep" },
        };

        using var response = await host.CreateClient().SendAsync("POST", "predict", content: form);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("failed", (await HostClient.BodyAsync(response)).GetProperty("upload").GetProperty("status").GetString());
    }

    private sealed class BusyClassifier : IImageClassifier
    {
        public int Asked { get; private set; }

        public Task<Prediction> ClassifyAsync(ReadOnlyMemory<byte> photo, CancellationToken cancellationToken = default)
        {
            Asked++;
            throw new ClassifierBusyException(1);
        }

        public Task<Prediction> ClassifyAsync(Stream photo, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<Prediction> ClassifyAsync(
            IAsyncEnumerable<ReadOnlyMemory<byte>> photos, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }

    /// <summary>There is no model, which is told once the limit is passed.</summary>
    private static async Task<HttpStatusCode> PredictAsync(HostApplication host)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "file", "photo.jpg" } };
        using var response = await host.CreateClient().SendAsync("POST", "predict", content: form);
        return response.StatusCode;
    }
}
