using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.Imaging;
using DandelionMl.Tool.Demo;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class UploadAndReviewApiTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    private const string Review = "api/v1/review";

    [Fact]
    public async Task Photo_that_the_model_was_not_taught_is_told_and_marked_for_review()
    {
        var frame = ImageEncoder.ToJpeg(new RgbImage(200, 150, new byte[200 * 150 * 3]));

        var (_, answer) = await host.SendPhotoAsync("predict", frame, "frame.jpg", ("keep", "true"));

        Assert.False(answer.GetProperty("isKnown").GetBoolean());
        var id = answer.GetProperty("upload").GetProperty("imageId").GetInt64();
        var details = await host.GetAsync($"api/v1/uploads/{id}");
        Assert.False(details.GetProperty("upload").GetProperty("isKnown").GetBoolean());
    }

    [Fact]
    public async Task Photo_goes_from_prediction_through_review_once()
    {
        var photo = await File.ReadAllBytesAsync(host.Samples[0], Token);

        var (_, unkept) = await host.SendPhotoAsync("predict", photo);
        Assert.Equal(JsonValueKind.Null, unkept.GetProperty("upload").ValueKind);
        Assert.True(unkept.GetProperty("isKnown").GetBoolean());
        Assert.Equal(unkept.GetProperty("prediction").GetString(), unkept.GetProperty("labels").EnumerateArray().First().GetString());
        var (_, kept) = await host.SendPhotoAsync("predict", photo, "../../my <b>photo.jpg", ("keep", "true"));
        Assert.Equal("new", kept.GetProperty("upload").GetProperty("status").GetString());
        var id = kept.GetProperty("upload").GetProperty("imageId").GetInt64();
        var (_, again) = await host.SendPhotoAsync("api/v1/uploads", photo);
        Assert.Equal(("known", id, 1f), Known(again.GetProperty("upload")));
        var (_, duplicate) = await host.SendPhotoAsync("check_duplicate", photo, "photo.jpg", ("label", "grass"));
        Assert.Equal(("known", id), (duplicate.GetProperty("status").GetString(), duplicate.GetProperty("imageId").GetInt64()));

        var details = await host.GetAsync($"api/v1/uploads/{id}");
        Assert.Equal("my <b>photo.jpg", details.GetProperty("fileName").GetString());
        Assert.Contains(id, Ids((await host.GetAsync("api/v1/uploads?state=PENDING&limit=200")).GetProperty("items")));

        var (_, taken) = await host.CallAsync("POST", $"{Review}/take", new { count = 200 });
        Assert.Contains(id, Ids(taken));
        var (_, decided) = await host.CallAsync("POST", $"{Review}/{id}/decision", new { action = "correct", label = "rocket", newClass = true });
        Assert.Equal(("validated", "rocket"), (decided.GetProperty("state").GetString(), decided.GetProperty("label").GetString()));
        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", $"{Review}/{id}/decision", new { action = "confirm" }, "key:robot already decided on it");
        var (_, bulk) = await host.CallAsync(
            "POST", $"{Review}/decisions", new object[] { new { imageId = id, action = "undo" }, new { imageId = 987_654, action = "confirm" } });
        Assert.Equal([true, false], bulk.EnumerateArray().Select(item => item.GetProperty("accepted").GetBoolean()));
        Assert.Equal("notFound", bulk[1].GetProperty("refusal").GetString());

        var events = (await host.GetAsync($"api/v1/uploads/{id}")).GetProperty("history").EnumerateArray();
        Assert.Equal(["add", "correct", "undo"], events.Select(item => item.GetProperty("action").GetString()));
        Assert.Equal(HttpStatusCode.NoContent, (await host.CallAsync("POST", $"{Review}/release", new { })).Status);

        // The same resource wherever a photo is answered with.
        var resource = await host.GetAsync($"api/v1/images/{id}");
        JsonElement[] photos =
        [
            details,
            taken[0],
            decided,
            bulk[0].GetProperty("photo"),
            (await host.GetAsync("api/v1/uploads?state=pending")).GetProperty("items")[0],
            (await host.GetAsync("api/v1/images?state=stored")).GetProperty("items")[0],
            (await host.GetAsync($"api/v1/images/{id}/similar?count=1"))[0].GetProperty("photo"),
        ];
        Assert.All(photos, item => Assert.Equal(Names(resource), Names(item)));
    }

    [Fact]
    public async Task Bad_review_requests_are_refused_with_a_reason()
    {
        await host.RefusedAsync(HttpStatusCode.NotFound, "POST", $"{Review}/987654/decision", new { action = "confirm" }, "no photo 987654");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Review}/1/decision", new { action = "burn" });
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Review}/1/decision", new { action = 1 });
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Review}/1/decision", new { action = "withdraw" }, "a reviewer's action");
        await host.RefusedAsync(
            HttpStatusCode.BadRequest, "POST", $"{Review}/decisions", new object[] { new { imageId = 1, action = "take" } }, "a reviewer's action");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Review}/1/decision", new { action = "correct", label = "" });
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Review}/decisions", new object?[] { null });
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Review}/decisions", Array.Empty<object>());
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Review}/take", new { count = 501 }, "between 1 and 500");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", "api/v1/uploads?state=7");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", "api/v1/uploads?limit=0");
        await host.RefusedAsync(HttpStatusCode.NotFound, "GET", "api/v1/uploads/987654");
    }

    [Fact]
    public async Task Class_that_there_is_not_is_refused_until_a_new_one_is_meant()
    {
        using var folder = new TempFolder();
        DemoPictures.Draw(folder.Path, 8, seed: 91, Token);
        var id = 0L;
        foreach (var sample in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).TakeWhile(_ => id == 0))
        {
            var (_, kept) = await host.SendPhotoAsync("api/v1/uploads", await File.ReadAllBytesAsync(sample, Token));
            var upload = kept.GetProperty("upload");
            id = upload.GetProperty("status").GetString() == "new" ? upload.GetProperty("imageId").GetInt64() : 0;
        }

        var (status, problem) = await host.CallAsync("POST", $"{Review}/{id}/decision", new { action = "correct", label = " Grâss" });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(("unknownClass", "grass"), (problem.GetProperty("refusal").GetString(), problem.GetProperty("similarClass").GetString()));
        var (_, many) = await host.CallAsync("POST", $"{Review}/decisions", new object[]
        {
            new { imageId = id, action = "correct", label = "moos" },
            new { imageId = id, action = "correct", label = "moss", newClass = true },
            new { imageId = id, action = "undo" },
        });
        Assert.Equal(["unknownClass", null, null], many.EnumerateArray().Select(item => item.GetProperty("refusal").GetString()));
        Assert.Equal(id, many[0].GetProperty("imageId").GetInt64());

        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", "api/v1/images/1/relabel", new { label = "moos" }, "There is no class 'moos'.");
        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("POST", "api/v1/images/1/relabel", new { label = "moss", newClass = true })).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("POST", "api/v1/images/2/relabel", new { label = "moss" })).Status);
    }

    [Fact]
    public async Task Person_decides_with_a_cookie_and_a_token()
    {
        var (_, kept) = await host.SendPhotoAsync("predict", await File.ReadAllBytesAsync(host.Samples[1], Token), "b.jpg", ("keep", "true"));
        var id = kept.GetProperty("upload").GetProperty("imageId").GetInt64();
        var anna = await host.Host.SignInAsync();

        using var without = await anna.SendAsync("POST", $"{Review}/{id}/decision", content: JsonContent.Create(new { action = "unusable" }));
        using var with = await anna.SendAsync(
            "POST", $"{Review}/{id}/decision", ("X-Csrf-Token", anna.Token!), JsonContent.Create(new { action = "unusable" }));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (without.StatusCode, with.StatusCode));
        var review = (await HostClient.BodyAsync(with)).GetProperty("upload").GetProperty("review");
        Assert.Equal(("unusable", "anna"), (review.GetProperty("action").GetString(), review.GetProperty("reviewer").GetString()));
        var progress = await host.GetAsync(Review);
        Assert.InRange(progress.GetProperty("rejected").GetInt32(), 1, 10);
    }

    [Fact]
    public async Task Rubbish_is_no_upload()
    {
        var (status, problem) = await host.SendPhotoAsync("predict", "no photo"u8.ToArray(), "photo.jpg", ("keep", "true"));
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, 415), (status, problem.GetProperty("status").GetInt32()));
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SendPhotoAsync("check_duplicate", [])).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SendPhotoAsync("predict", [1], "photo.jpg", ("keep", "perhaps"))).Status);
    }

    [Fact]
    public async Task Picture_is_written_anew_and_known_by_its_tag()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/v1/images/1/picture?side=64", UriKind.Relative));
        request.Headers.Add("X-Api-Key", host.Host.Key);
        using var client = host.Host.CreateClient();
        using var response = await client.SendAsync(request);
        var picture = await response.Content.ReadAsByteArrayAsync(Token);

        Assert.Equal(("image/jpeg", "nosniff"), (response.Content.Headers.ContentType!.MediaType, response.Headers.GetValues("X-Content-Type-Options").Single()));
        Assert.Equal([0xFF, 0xD8, 0xFF, 0xE0], picture[..4]);
        Assert.True(response.Headers.CacheControl!.Private);
        using var again = new HttpRequestMessage(HttpMethod.Get, request.RequestUri);
        again.Headers.Add("X-Api-Key", host.Host.Key);
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", "api/v1/images/1/picture?side=5000");
        await host.RefusedAsync(HttpStatusCode.NotFound, "GET", "api/v1/images/987654/picture");
        Assert.Equal(1, (await host.GetAsync("api/v1/images/1/models"))[0].GetProperty("version").GetInt32());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static (string?, long, float) Known(JsonElement upload) =>
        (upload.GetProperty("status").GetString(), upload.GetProperty("imageId").GetInt64(), upload.GetProperty("similarity").GetSingle());

    private static IEnumerable<string> Names(JsonElement item) => item.EnumerateObject().Select(property => property.Name);

    private static List<long> Ids(JsonElement photos) => [.. photos.EnumerateArray().Select(photo => photo.GetProperty("imageId").GetInt64())];
}
