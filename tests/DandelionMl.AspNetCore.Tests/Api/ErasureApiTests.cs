using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Photos;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class ErasureApiTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    [Fact]
    public async Task Sender_erases_the_photo_by_its_receipt_and_it_never_comes_back()
    {
        var photo = await File.ReadAllBytesAsync(host.Samples[0], Token);
        var upload = await UploadAsync(host, photo, "new");
        var (id, receipt) = (upload.GetProperty("imageId").GetInt64(), upload.GetProperty("receipt").GetString()!);
        Assert.Equal(JsonValueKind.Null, (await UploadAsync(host, photo, "known")).GetProperty("receipt").ValueKind);

        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", "api/v1/erasures", new { receipt = receipt[1..] }, "not a valid receipt");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", "api/v1/erasures", new { });
        Assert.Equal(HttpStatusCode.NoContent, (await host.CallAsync("POST", "api/v1/erasures", new { receipt = receipt.ToLowerInvariant() })).Status);

        var erased = await host.GetAsync($"api/v1/images/{id}");
        Assert.Equal(("erased", JsonValueKind.Null), (erased.GetProperty("state").GetString(), erased.GetProperty("fileName").ValueKind));
        Assert.Equal(["add", "erase"], erased.GetProperty("history").EnumerateArray().Select(item => item.GetProperty("action").GetString()));
        await host.RefusedAsync(HttpStatusCode.NotFound, "GET", $"api/v1/images/{id}/picture");
        await UploadAsync(host, photo, "erased");
        var (_, checkedPhoto) = await host.SendPhotoAsync("check_duplicate", photo);
        Assert.Equal("erased", checkedPhoto.GetProperty("status").GetString());

        // The same answer as the first time, and as for a receipt of no photo.
        Assert.Equal(HttpStatusCode.NoContent, (await host.CallAsync("POST", "api/v1/erasures", new { receipt })).Status);
    }

    [Fact]
    public async Task Administrator_erases_a_training_photo()
    {
        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("POST", "api/v1/images/3/erase", new { reason = "asked by mail" })).Status);

        var erased = await host.GetAsync("api/v1/images/3");
        Assert.Equal("erased", erased.GetProperty("state").GetString());
        var done = erased.GetProperty("history").EnumerateArray().Last();
        Assert.Equal(("erase", "asked by mail", "key:robot"), (Text(done, "action"), Text(done, "reason"), Text(done, "actor")));
        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", "api/v1/images/3/erase", new { }, "erased before");
        await host.RefusedAsync(HttpStatusCode.NotFound, "POST", "api/v1/images/987654/erase", new { }, "no photo 987654");
        using var anonymous = await host.Host.CreateClient().SendAsync("POST", "api/v1/images/4/erase", content: JsonContent.Create(new { }));
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }

    [Fact]
    public async Task Administrator_erases_by_hash_and_the_model_says_that_it_learned_from_the_photo()
    {
        var before = (await host.GetAsync("api/v1/models/1")).GetProperty("erasedPhotos").GetInt32();
        var learned = (await host.GetAsync("api/v1/models/1/images?split=train")).GetProperty("items").EnumerateArray().Last();
        var path = $"api/v1/images/sha256/{Text(learned, "sha256")}/erase";

        var (status, photo) = await host.CallAsync("POST", path, new { reason = "asked by mail" });

        Assert.Equal((HttpStatusCode.OK, "erased"), (status, Text(photo, "state")));
        var models = await host.GetAsync("api/v1/models");
        var first = models.GetProperty("items").EnumerateArray().Single(model => model.GetProperty("version").GetInt32() == 1);
        Assert.Equal(before + 1, first.GetProperty("erasedPhotos").GetInt32());
        foreach (var page in (string[])["models", "models/1"])
        {
            using var shown = await host.Host.CreateClient().SendAsync("GET", page, ("X-Api-Key", host.Host.Key));
            Assert.Contains($"Erased photos that it learned from: {before + 1}.", await shown.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", path, new { }, "erased before");
        await host.RefusedAsync(HttpStatusCode.NotFound, "POST", $"api/v1/images/sha256/{new string('a', 64)}/erase", new { }, "No photo has these bytes");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", "api/v1/images/sha256/abc/erase", new { }, "64 lower-case hexadecimal digits");
    }

    [Fact]
    public async Task Where_training_photos_are_not_shown_strangers_are_not_told_which_there_are()
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);
        await using var closed = await HostApplication.StartAsync(
            folder["data"], new() { ["Pages:ShowTrainingPhotos"] = "false", ["Security:PredictionsPerMinute"] = "0" });
        var photo = await File.ReadAllBytesAsync(host.Samples[0], Token);

        var (first, second) = (await SendAsync(closed, "api/v1/uploads", photo), await SendAsync(closed, "api/v1/uploads", photo));

        foreach (var upload in new[] { first.GetProperty("upload"), second.GetProperty("upload"), await SendAsync(closed, "check_duplicate", photo) })
        {
            Assert.Equal(("received", JsonValueKind.Null), (Text(upload, "status"), upload.GetProperty("imageId").ValueKind));
            Assert.True(PhotoExaminer.IsReceipt(Text(upload, "receipt")));
        }

        var known = await SendAsync(closed, "api/v1/uploads", photo, ("X-Api-Key", closed.Key));
        Assert.Equal("known", Text(known.GetProperty("upload"), "status"));
        using var erasure = await closed.CreateClient().SendAsync(
            "POST", "api/v1/erasures", content: JsonContent.Create(new { receipt = Text(first.GetProperty("upload"), "receipt") }));
        Assert.Equal(HttpStatusCode.NoContent, erasure.StatusCode);
        var search = closed.Application.Services.GetRequiredService<PhotoSearch>();
        Assert.NotEmpty(await search.FindAsync(new PhotoFilter { State = DandelionMl.Catalog.ImageState.Erased }, cancellationToken: Token));
    }

    [Fact]
    public async Task Page_erases_by_receipt_and_says_what_is_wrong_with_a_mistyped_one()
    {
        var upload = await UploadAsync(host, await File.ReadAllBytesAsync(host.Samples[1], Token), "new");
        var receipt = Text(upload, "receipt")!;

        var wrong = await PostPageAsync(receipt[..^1] + (receipt[^1] == '0' ? '1' : '0'));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("This is not a valid code", wrong.Page, StringComparison.Ordinal);
        var done = await PostPageAsync(receipt);
        Assert.Equal(HttpStatusCode.OK, done.Status);
        Assert.Contains("No photo is stored under this code any more", done.Page, StringComparison.Ordinal);
        Assert.Equal("erased", Text(await host.GetAsync($"api/v1/images/{upload.GetProperty("imageId").GetInt64()}"), "state"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    private static async Task<JsonElement> UploadAsync(TrainedHost host, byte[] photo, string expected)
    {
        var (_, answer) = await host.SendPhotoAsync("api/v1/uploads", photo);
        var upload = answer.GetProperty("upload");
        Assert.Equal(expected, Text(upload, "status"));
        return upload;
    }

    private static async Task<JsonElement> SendAsync(HostApplication host, string path, byte[] photo, (string, string)? header = null)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(photo), "file", "photo.jpg" } };
        using var response = await host.CreateClient().SendAsync("POST", path, header, form);
        return await HostClient.BodyAsync(response);
    }

    private async Task<(HttpStatusCode Status, string Page)> PostPageAsync(string receipt)
    {
        using var form = new FormUrlEncodedContent([new("receipt", receipt)]);
        using var response = await host.Host.CreateClient().SendAsync("POST", "erase", ("Accept", BrowserRequests.Accept), form);
        return (response.StatusCode, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Token)));
    }
}
