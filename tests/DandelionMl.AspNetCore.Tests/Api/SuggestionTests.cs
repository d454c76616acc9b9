using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Tests.Api;

/// <summary>What the senders of photos say of the answers.</summary>
public sealed class SuggestionTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    [Fact]
    public async Task Sender_says_what_is_on_a_photo_that_is_kept_and_a_reviewer_decides()
    {
        var (id, receipt, predicted, other) = await UploadAsync(host.Samples[0]);
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", "api/v1/suggestions", new { receipt = receipt[1..], label = other }, "not a valid receipt");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", "api/v1/suggestions", new { receipt, label = "moss" }, "not a class of the served model");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", "api/v1/suggestions", new { receipt });

        // A stranger's, from any browser: the receipt is all that it takes.
        using var said = await host.Host.CreateClient().SendAsync("POST", "api/v1/suggestions", content: JsonContent.Create(new { receipt, label = other }));
        Assert.Equal(HttpStatusCode.NoContent, said.StatusCode);

        var photo = await host.GetAsync($"api/v1/images/{id}");
        Assert.Equal((predicted, "pending"), (Text(photo, "label"), Text(photo, "state")));
        Assert.Equal(other, Text(photo.GetProperty("upload"), "suggestedLabel"));
        Assert.Contains("The sender says", await PageAsync($"data/{id}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await host.CallAsync("POST", "api/v1/suggestions", new { receipt = UploadReceipt.New(), label = other })).Status);
    }

    [Fact]
    public async Task Answer_asks_only_for_a_photo_that_is_kept_and_the_form_is_taken_without_scripts()
    {
        var photo = await File.ReadAllBytesAsync(host.Samples[1], Token);
        var notKept = await SendAsync(photo, keep: false);
        Assert.Contains("this photo is not kept", notKept, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", notKept, StringComparison.Ordinal);

        var kept = await SendAsync(photo, keep: true);
        Assert.Contains("action=\"predict/suggestion\"", kept, StringComparison.Ordinal);
        var receipt = kept.Split("name=\"receipt\" value=\"")[1].Split('"')[0];
        Assert.Contains("this photo was not stored", await SendAsync(photo, keep: true), StringComparison.Ordinal);

        Assert.Equal((HttpStatusCode.BadRequest, true), await PostAsync(receipt, "moss", "This answer can't be taken"));
        Assert.Equal((HttpStatusCode.BadRequest, true), await PostAsync(receipt[1..], "grass", "This answer can't be taken"));
        Assert.Equal((HttpStatusCode.OK, true), await PostAsync(receipt, "grass", "Your answer is kept with the photo."));
        var uploads = (await host.GetAsync("api/v1/uploads")).GetProperty("items").EnumerateArray();
        Assert.Contains(uploads, item => Text(item.GetProperty("upload"), "suggestedLabel") == "grass");
    }

    [Fact]
    public async Task Suggestions_are_as_many_as_a_client_s_predictions()
    {
        await using var limited = await HostApplication.StartAsync(
            settings: new() { ["Security:PredictionsPerMinute"] = "60", ["Security:PredictionBurst"] = "2" });
        var client = limited.CreateClient();
        var statuses = new List<HttpStatusCode>();
        foreach (var path in new[] { "api/v1/suggestions", "predict/suggestion", "api/v1/suggestions", "predict/suggestion" })
        {
            statuses.Add(await client.StatusAsync("POST", path));
        }

        Assert.Equal([HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], statuses[2..]);
        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, statuses[..2]);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    private async Task<(long Id, string Receipt, string Predicted, string Other)> UploadAsync(string path)
    {
        var (_, answer) = await host.SendPhotoAsync("api/v1/uploads", await File.ReadAllBytesAsync(path, Token));
        var (upload, predicted) = (answer.GetProperty("upload"), Text(answer, "prediction")!);
        return (upload.GetProperty("imageId").GetInt64(), Text(upload, "receipt")!, predicted, predicted == "grass" ? "dandelion" : "grass");
    }

    private async Task<string> SendAsync(byte[] photo, bool keep)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(photo), "file", "photo.jpg" }, { new StringContent($"{keep}"), "keep" } };
        using var response = await host.Host.CreateClient().SendAsync("POST", "predict/photo", content: form);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Token));
    }

    private async Task<(HttpStatusCode Status, bool Says)> PostAsync(string receipt, string label, string expected)
    {
        using var form = new FormUrlEncodedContent([new("receipt", receipt), new("label", label)]);
        using var response = await host.Host.CreateClient().SendAsync("POST", "predict/suggestion", ("Accept", BrowserRequests.Accept), form);
        return (response.StatusCode, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Token)).Contains(expected, StringComparison.Ordinal));
    }

    private async Task<string> PageAsync(string path)
    {
        using var response = await host.Host.CreateClient().SendAsync("GET", path, ("X-Api-Key", host.Host.Key));
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Token));
    }
}
