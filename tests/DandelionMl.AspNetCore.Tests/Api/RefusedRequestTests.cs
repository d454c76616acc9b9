using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;
using SkiaSharp;

namespace DandelionMl.AspNetCore.Tests.Api;

/// <summary>What callers are told of requests that can't be read: the reason, in words of the request.</summary>
public sealed class RefusedRequestTests
{
    [Theory]
    [InlineData("api/v1/images?state=7", "state is '7': that can't be read.")]
    [InlineData("api/v1/models?limit=x", "limit is 'x': that can't be read.")]
    public async Task Unreadable_parameter_is_named_without_types(string path, string detail)
    {
        await using var host = await HostApplication.StartAsync();

        using var response = await host.CreateClient().SendAsync("GET", path, ("X-Api-Key", host.Key));

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, detail);
    }

    [Theory]
    [InlineData("api/v1/models/1/promote", "{\"reason\":7}", "application/json", HttpStatusCode.BadRequest, "The request body can't be read: the JSON at '$.reason' is not as described, or missing.")]
    [InlineData("api/v1/models/1/promote", "", "application/json", HttpStatusCode.BadRequest, "The request has no body: send JSON.")]
    [InlineData("api/v1/models/1/promote", "{", "application/json", HttpStatusCode.BadRequest, "The request body can't be read as the JSON that is described.")]
    public async Task Unreadable_body_is_told_without_types(string path, string body, string type, HttpStatusCode status, string detail)
    {
        await using var host = await HostApplication.StartAsync();
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));

        using var response = await host.CreateClient().SendAsync("POST", path, ("X-Api-Key", host.Key), content);

        await AssertProblemAsync(response, status, detail);
    }

    [Fact]
    public async Task Reason_is_as_long_as_it_is_said_to_be()
    {
        await using var host = await HostApplication.StartAsync();
        using var content = JsonContent.Create(new { reason = string.Concat(Enumerable.Repeat("🌼", 1_001)) });

        using var response = await host.CreateClient().SendAsync("POST", "api/v1/images/1/withdraw", ("X-Api-Key", host.Key), content);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "reason has 1001 characters; the limit is 1000.");
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("check_duplicate")]
    [InlineData("api/v1/uploads")]
    public async Task Form_without_a_photo_or_with_two_is_refused_in_words(string path)
    {
        await using var host = await HostApplication.StartAsync();
        using var none = new MultipartFormDataContent { { new StringContent("x"), "other" } };
        using var two = new MultipartFormDataContent
        {
            { new ByteArrayContent([1, 2]), "file", "one.jpg" }, { new ByteArrayContent([3, 4]), "file", "two.jpg" },
        };

        using var missing = await host.CreateClient().SendAsync("POST", path, content: none);
        using var several = await host.CreateClient().SendAsync("POST", path, content: two);

        await AssertProblemAsync(missing, HttpStatusCode.BadRequest, "The form has no file in the field 'file'.");
        await AssertProblemAsync(several, HttpStatusCode.BadRequest, "The form has 2 files in the field 'file': send one photo in a request.");
    }

    [Fact]
    public async Task Form_of_several_photos_says_its_own_limit_and_a_photo_that_is_too_large_both_of_its_own()
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);
        await using var host = await HostApplication.StartAsync(
            folder["data"], new() { ["Images:MaxBytes"] = "2097152", ["Images:MaxPixels"] = "3000000" });

        using var page = await host.CreateClient().SendAsync("GET", "predict");
        Assert.Contains("At most 10 MB together", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        using var all = new MultipartFormDataContent { { new ByteArrayContent(new byte[11 << 20]), "files", "large.jpg" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("predict/photos", UriKind.Relative)) { Content = all };
        request.Headers.ExpectContinue = true;
        using var tooLarge = await host.CreateClient().SendAsync(request);
        await AssertProblemAsync(tooLarge, HttpStatusCode.RequestEntityTooLarge, "The limit for all photos together is 10 MB.");

        using var bitmap = new SKBitmap(1_501, 2_000);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        using var one = new MultipartFormDataContent { { new ByteArrayContent(png.ToArray()), "files", "wide.png" } };
        using var refused = await host.CreateClient().SendAsync("POST", "predict/photos", content: one);
        Assert.Contains(
            "This photo is too large. The limit is 2 MB, and 3 megapixels.",
            await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreadable_switch_of_a_form_says_what_to_send()
    {
        await using var host = await HostApplication.StartAsync();
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1, 2]), "file", "one.jpg" }, { new StringContent("on"), "keep" } };

        using var response = await host.CreateClient().SendAsync("POST", "predict", content: form);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "keep is 'on': that can't be read. Send true or false.");
    }

    [Theory]
    [InlineData("api/v1/models/7", HttpStatusCode.NotFound)]
    [InlineData("api/v1/models?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("nowhere", HttpStatusCode.NotFound)]
    public async Task Error_for_who_accepts_only_another_format_is_a_problem_all_the_same(string path, HttpStatusCode status)
    {
        await using var host = await HostApplication.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("X-Api-Key", host.Key);
        request.Headers.Accept.ParseAdd("application/xml");

        using var response = await host.CreateClient().SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)status, (await HostClient.BodyAsync(response)).GetProperty("status").GetInt32());
        Assert.DoesNotContain("unhandled", host.Logs.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("predict/photos")]
    public async Task Form_of_many_small_files_is_refused(string path)
    {
        await using var host = await HostApplication.StartAsync();
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < 300; i++)
        {
            form.Add(new ByteArrayContent([1]), "files", $"{i}.jpg");
        }

        using var response = await host.CreateClient().SendAsync("POST", path, ("Accept", "application/json"), form);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "The form is damaged or cut off, or has too many fields.");
    }

    [Fact]
    public async Task Form_that_is_cut_off_is_named_as_such()
    {
        await using var host = await HostApplication.StartAsync();
        using var content = new StringContent("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\nabc");
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");

        using var response = await host.CreateClient().SendAsync("POST", "predict", content: content);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "The form is damaged or cut off, or has too many fields.");
    }

    [Theory]
    [InlineData("1", "Healthy")]
    [InlineData("4611686018427387904", "Degraded")]
    public async Task Almost_full_disk_degrades_readiness(string minimumFreeBytes, string status)
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);
        await using var host = await HostApplication.StartAsync(folder["data"], new() { ["Review:MinimumFreeBytes"] = minimumFreeBytes });

        using var response = await host.CreateClient().SendAsync("GET", "readyz");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(status, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Folder_that_cannot_be_written_to_degrades_readiness()
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);
        var aside = Path.Combine(folder["data"], "objects", "~writing");
        Directory.Delete(aside, recursive: true);
        await File.WriteAllTextAsync(aside, "in the way", TestContext.Current.CancellationToken);
        await using var host = await HostApplication.StartAsync(folder["data"]);

        using var response = await host.CreateClient().SendAsync("GET", "readyz");

        Assert.Equal((HttpStatusCode.OK, "Degraded"), (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Contains("Readiness is Degraded: Folder store", host.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_without_a_model_says_so_once_and_logs_no_error_at_its_probes()
    {
        await using var host = await HostApplication.StartAsync();
        using var client = host.CreateClient();

        for (var probe = 0; probe < 3; probe++)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await client.StatusAsync("GET", "readyz"));
        }

        Assert.Single(host.Logs.Text.Split('\n'), line => line.Contains("Readiness is Unhealthy: no model yet", StringComparison.Ordinal));
        Assert.DoesNotContain("Error:", host.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_champion_degrades_readiness_while_the_one_before_it_answers()
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);
        var second = (await DandelionProcess.RunJsonAsync("train", "--force-promote", "to damage it", "--data", folder["data"])).GetProperty("model");
        await File.WriteAllBytesAsync(
            Path.Combine(folder["data"], "objects", second.GetProperty("artifactKey").GetString()!), [1, 2, 3], TestContext.Current.CancellationToken);
        await using var host = await HostApplication.StartAsync(folder["data"]);

        using var response = await host.CreateClient().SendAsync("GET", "readyz");
        var sample = Directory.EnumerateFiles(Path.Combine(folder["data"], "samples", "grass")).First();
        var (exitCode, output, error) = await DandelionProcess.RunAsync("predict", sample, "--data", folder["data"], "--json");

        Assert.Equal("Degraded", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, exitCode);
        Assert.Contains("\"modelVersion\": 1", output, StringComparison.Ordinal);
        Assert.Contains("The champion can't be served", error, StringComparison.Ordinal);
        Assert.Contains("Version 1, the champion before it, answers in its place.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("predict")]
    public async Task Damaged_model_is_not_taken_for_none(string page)
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);
        var artifact = Directory.EnumerateFiles(Path.Combine(folder["data"], "objects", "model"), "*", SearchOption.AllDirectories).Single();
        await File.WriteAllBytesAsync(artifact, [1, 2, 3], TestContext.Current.CancellationToken);
        await using var host = await HostApplication.StartAsync(folder["data"]);

        using var response = await host.CreateClient().SendAsync("GET", page, ("Accept", "text/html"));
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("be loaded at the moment", html, StringComparison.Ordinal);
        Assert.DoesNotContain("There is no model yet", html, StringComparison.Ordinal);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string detail)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(detail, (await HostClient.BodyAsync(response)).GetProperty("detail").GetString());
    }
}
