using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class PhotoApiTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    private const string Images = "api/v1/images";

    [Fact]
    public async Task Photos_are_found_page_by_page_by_label_state_source_and_day()
    {
        var first = await host.GetAsync($"{Images}?limit=3");
        var second = await host.GetAsync($"{Images}?limit=3&before={first.GetProperty("next").GetInt64()}");
        var ids = Ids(first).Concat(Ids(second)).ToList();
        Assert.Equal(ids.OrderDescending().Distinct(), ids);

        var grass = (await host.GetAsync($"{Images}?label=grass&state=STORED&limit=200")).GetProperty("items").EnumerateArray().ToList();
        Assert.NotEmpty(grass);
        Assert.All(grass, photo => Assert.Equal(("grass", "stored"), (photo.GetProperty("label").GetString(), photo.GetProperty("state").GetString())));
        var source = grass[0].GetProperty("source").GetString()!;
        Assert.Contains(grass[0].GetProperty("imageId").GetInt64(), Ids(await host.GetAsync($"{Images}?source={Uri.EscapeDataString(source[^12..].ToUpperInvariant())}")));
        Assert.Empty(Ids(await host.GetAsync($"{Images}?source=%25%00nowhere")));
        Assert.Empty(Ids(await host.GetAsync($"{Images}?to=2001-01-01")));
        Assert.NotEmpty(Ids(await host.GetAsync($"{Images}?from=2001-01-01&to=9999-12-31")));
        Assert.Empty(Ids(await host.GetAsync($"{Images}?label=nothing")));
    }

    [Fact]
    public async Task Statistics_count_by_label_and_state_and_day()
    {
        // The pictures were ingested by another process, by the machine's own clock; what this one's users send is years away.
        var added = Days(await host.GetAsync($"{Images}?state=stored&limit=1")).Single();
        var statistics = await host.GetAsync($"{Images}/statistics?from={added.AddDays(-30):O}&to={added.AddDays(1):O}");

        var counts = statistics.GetProperty("counts").EnumerateArray().ToList();
        Assert.Contains(counts, count => count.GetProperty("label").GetString() == "grass" && count.GetProperty("state").GetString() == "stored");
        var intake = statistics.GetProperty("intake").EnumerateArray().Sum(day => day.GetProperty("photos").GetInt64());
        Assert.Equal(
            counts.Where(count => count.GetProperty("state").GetString() is "stored" or "withdrawn").Sum(count => count.GetProperty("photos").GetInt64()),
            intake);
        Assert.Equal("2030-03-02", (await host.GetAsync($"{Images}/statistics")).GetProperty("to").GetString());
        Assert.Equal("2030-02-01", (await host.GetAsync($"{Images}/statistics")).GetProperty("from").GetString());
    }

    [Fact]
    public async Task Photo_is_relabelled_withdrawn_and_restored_with_its_history()
    {
        const string label = "<script>alert(1)</script>";
        var id = Ids(await host.GetAsync($"{Images}?label=dandelion&state=stored&limit=1")).Single();

        var (_, relabelled) = await host.CallAsync("POST", $"{Images}/{id}/relabel", new { label, reason = "looked again", newClass = true });
        Assert.Equal((label, "stored"), (relabelled.GetProperty("label").GetString(), relabelled.GetProperty("state").GetString()));
        var (unchanged, same) = await host.CallAsync("POST", $"{Images}/{id}/relabel", new { label });
        Assert.Equal((HttpStatusCode.Conflict, "alreadyLabelled"), (unchanged, same.GetProperty("refusal").GetString()));
        var (_, withdrawn) = await host.CallAsync("POST", $"{Images}/{id}/withdraw", new { reason = "blurred \0" });
        Assert.Equal("withdrawn", withdrawn.GetProperty("state").GetString());
        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", $"{Images}/{id}/withdraw", new { reason = "again" }, "is withdrawn");
        var (conflict, problem) = await host.CallAsync("POST", $"{Images}/{id}/relabel", new { label = "grass" });
        Assert.Equal((HttpStatusCode.Conflict, "alreadyWithdrawn"), (conflict, problem.GetProperty("refusal").GetString()));
        var (status, restored) = await host.CallAsync("POST", $"{Images}/{id}/restore");
        Assert.Equal((HttpStatusCode.OK, "stored"), (status, restored.GetProperty("state").GetString()));
        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", $"{Images}/{id}/restore", new { }, "not withdrawn");

        var photo = await host.GetAsync($"{Images}/{id}");
        Assert.Equal(JsonValueKind.Null, photo.GetProperty("upload").ValueKind);
        Assert.Equal(
            [("add", null, null), ("relabel", "key:robot", "looked again"), ("withdraw", "key:robot", "blurred"), ("restore", "key:robot", null)],
            photo.GetProperty("history").EnumerateArray().Select(item => (
                item.GetProperty("action").GetString(), item.GetProperty("actor").GetString(), item.GetProperty("reason").GetString())));
    }

    [Fact]
    public async Task Person_withdraws_with_a_cookie_and_a_token()
    {
        var id = Ids(await host.GetAsync($"{Images}?label=grass&state=stored&limit=1")).Single();
        var anna = await host.Host.SignInAsync();

        using var without = await anna.SendAsync("POST", $"{Images}/{id}/withdraw", content: JsonContent.Create(new { reason = "mine" }));
        using var with = await anna.SendAsync(
            "POST", $"{Images}/{id}/withdraw", ("X-Csrf-Token", anna.Token!), JsonContent.Create(new { reason = "mine" }));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (without.StatusCode, with.StatusCode));
        Assert.Equal("anna", (await host.GetAsync($"{Images}/{id}")).GetProperty("history")[1].GetProperty("actor").GetString());
    }

    [Fact]
    public async Task Similar_photos_of_any_photo()
    {
        var id = Ids(await host.GetAsync($"{Images}?state=stored&limit=1")).Single();

        var similar = (await host.GetAsync($"{Images}/{id}/similar?count=5")).EnumerateArray().ToList();

        Assert.Equal(5, similar.Count);
        Assert.DoesNotContain(id, similar.Select(item => item.GetProperty("photo").GetProperty("imageId").GetInt64()));
        var similarities = similar.Select(photo => photo.GetProperty("similarity").GetSingle()).ToList();
        Assert.Equal(similarities.OrderDescending(), similarities);
        Assert.InRange(similarities[0], 0.5f, 1);
    }

    [Fact]
    public async Task Upload_has_what_its_sender_and_the_model_said()
    {
        var (_, kept) = await host.SendPhotoAsync(
            "predict", await File.ReadAllBytesAsync(host.Samples[0], TestContext.Current.CancellationToken), "my meadow.jpg", ("keep", "true"));
        var id = kept.GetProperty("upload").GetProperty("imageId").GetInt64();

        var photo = await host.GetAsync($"{Images}/{id}");

        Assert.Equal("my meadow.jpg", photo.GetProperty("fileName").GetString());
        Assert.Equal(1, photo.GetProperty("upload").GetProperty("modelVersion").GetInt32());
        Assert.Equal([id], Ids(await host.GetAsync($"{Images}?source=MEADOW")));
        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", $"{Images}/{id}/withdraw", new { reason = "bad" }, "not in the training set");
    }

    [Fact]
    public async Task Bad_requests_are_refused_with_a_reason()
    {
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"{Images}?state=7");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"{Images}?limit=0", says: "between 1 and 200");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"{Images}?from=yesterday");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"{Images}?label=%00", says: "is not a valid label");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"{Images}/statistics?from=2020-01-01&to=2021-12-31", says: "1 to 366 days");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"{Images}/statistics?from=2020-01-02&to=2020-01-01", says: "1 to 366 days");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"{Images}/statistics?to=9999-12-31", says: "1 to 366 days");
        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("GET", $"{Images}/statistics?to=0001-01-01")).Status);
        await host.RefusedAsync(HttpStatusCode.NotFound, "GET", $"{Images}/987654", says: "no photo 987654");
        await host.RefusedAsync(HttpStatusCode.NotFound, "GET", $"{Images}/987654/similar", says: "no photo 987654");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"{Images}/1/similar?count=61", says: "between 1 and 60");
        await host.RefusedAsync(HttpStatusCode.NotFound, "POST", $"{Images}/987654/relabel", new { label = "grass" }, "no photo 987654");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Images}/1/relabel", new { label = "" }, "is not a valid label");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Images}/1/relabel", new { label = (string?)null });
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Images}/1/withdraw", new { reason = " \0" }, "1 to 1000 characters");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Images}/1/withdraw", new { reason = new string('x', 1001) }, "1001");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Images}/1/withdraw", new { });
    }

    private static List<long> Ids(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(photo => photo.GetProperty("imageId").GetInt64())];

    private static IEnumerable<DateOnly> Days(JsonElement page) => page.GetProperty("items").EnumerateArray()
        .Select(photo => DateOnly.FromDateTime(photo.GetProperty("addedAt").GetDateTimeOffset().UtcDateTime));
}
