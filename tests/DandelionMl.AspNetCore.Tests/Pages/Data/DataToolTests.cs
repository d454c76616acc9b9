using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using DandelionMl.AspNetCore.Tests.Api;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Catalog;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Pages.Data;

/// <summary>What the pages do with many photos at once.</summary>
public sealed partial class DataToolTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    [Fact]
    public async Task Photos_are_downloaded_with_the_labels_that_they_have_now()
    {
        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("POST", "api/v1/images/11/relabel", new { label = "a, \"b\"/c", newClass = true })).Status);

        using var csv = await GetAsync("data/export.csv");
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        Assert.Equal("photos.csv", csv.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        var rows = (await csv.Content.ReadAsStringAsync(Token)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("id,label,state,file,", rows[0].TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.Contains(rows, row => row.StartsWith("11,\"a, \"\"b\"\"/c\",stored,a%2C%20%22b%22%2Fc/", StringComparison.Ordinal));

        using var zip = await GetAsync("data/export.zip?label=grass");
        using var archive = new ZipArchive(new MemoryStream(await zip.Content.ReadAsByteArrayAsync(Token)));
        var photos = archive.Entries.Where(entry => entry.FullName != "photos.csv").ToList();
        Assert.NotEmpty(photos);
        Assert.All(photos, entry => Assert.Matches("^grass/[0-9a-f]{64}\\.jpe?g$", entry.FullName));
        Assert.All(photos, entry => Assert.NotEqual(0, entry.Length));
        using var table = new StreamReader(archive.GetEntry("photos.csv")!.Open());
        Assert.Equal(photos.Count + 1, (await table.ReadToEndAsync(Token)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Page_of_a_photo_leads_to_its_neighbours_in_the_search_that_found_it()
    {
        using var list = await GetAsync("data?source=grass&state=stored");
        var found = PhotoLink().Matches(WebUtility.HtmlDecode(await list.Content.ReadAsStringAsync(Token))).Select(match => match.Groups["address"].Value).ToList();

        using var response = await GetAsync(found[1]);
        var page = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Token));

        Assert.Contains("?state=Stored&source=grass", found[1], StringComparison.Ordinal);
        Assert.Contains($"href=\"{found[0]}\" rel=\"prev\"", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"{found[2]}\" rel=\"next\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"data?state=Stored&source=grass\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Newest")]
    [InlineData("Oldest")]
    [InlineData("Label")]
    [InlineData("State")]
    public async Task Order_is_kept_in_the_address_from_page_to_page_and_no_photo_is_left_out(string sort)
    {
        var (addresses, photos) = (new List<string>(), new List<long>());
        for (string? next = $"data?state=stored&sort={sort}"; next is not null;)
        {
            addresses.Add(next);
            var page = WebUtility.HtmlDecode(await PageAsync(next));
            Assert.Contains($"<option value=\"{sort}\" selected", page, StringComparison.Ordinal);
            photos.AddRange(PhotoLink().Matches(page).Select(match => long.Parse(match.Groups["address"].Value.Split('/', '?')[1], CultureInfo.InvariantCulture)));
            next = NextLink().Match(page) is { Success: true } match ? match.Groups["address"].Value : null;
        }

        Assert.InRange(addresses.Count, 2, 10);
        Assert.Equal(photos.Count, photos.Distinct().Count());
        Assert.Equal((await host.GetAsync("api/v1/images?state=stored&limit=200")).GetProperty("items").GetArrayLength(), photos.Count);
        Assert.Equal(sort == "Newest" ? photos.OrderDescending() : sort == "Label" ? photos : photos.Order(), photos);
        Assert.All(addresses[1..], address => Assert.Equal(sort == "Newest", !address.Contains($"sort={sort}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Chosen_photos_are_downloaded_with_their_labels()
    {
        using var none = await PostAsync("data/export.zip?label=grass", ("reason", ""));
        Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);
        Assert.Contains("No photo is selected.", await none.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);

        using var zip = await PostAsync("data/export.zip?label=grass", ("id", "51"), ("id", "52"), ("id", "51"), ("id", "987654"));
        using var archive = new ZipArchive(new MemoryStream(await zip.Content.ReadAsByteArrayAsync(Token)));
        using var table = new StreamReader(archive.GetEntry("photos.csv")!.Open());
        var rows = (await table.ReadToEndAsync(Token)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3, archive.Entries.Count);
        Assert.Equal(["51", "52"], rows[1..].Select(row => row.Split(',')[0]).Order(StringComparer.Ordinal));
        Assert.All(rows[1..], row => Assert.NotNull(archive.GetEntry(row.Split(',')[3])));
    }

    [Fact]
    public async Task Photo_whose_file_is_lost_is_left_out_of_the_download_and_the_others_are_there()
    {
        var lost = (await host.GetAsync("api/v1/images/45")).GetProperty("sha256").GetString()!;
        File.Delete(Assert.Single(Directory.GetFiles(host.Data, $"{lost}.*", SearchOption.AllDirectories)));

        using var zip = await GetAsync("data/export.zip");
        using var archive = new ZipArchive(new MemoryStream(await zip.Content.ReadAsByteArrayAsync(Token)));

        Assert.DoesNotContain(archive.Entries, entry => entry.FullName.Contains(lost, StringComparison.Ordinal));
        Assert.True(archive.Entries.Count > 2);
        using var table = new StreamReader(archive.GetEntry("photos.csv")!.Open());
        var rows = (await table.ReadToEndAsync(Token)).Split("\r\n");
        Assert.Matches("^45,[^,]*,stored,,", Assert.Single(rows, row => row.StartsWith("45,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Chosen_photos_are_relabelled_and_withdrawn_at_once()
    {
        using var unknown = await PostAsync("data/change?label=grass", ("change", "relabel"), ("label", "Dandelion"), ("id", "21"), ("id", "22"));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        var page = await unknown.Content.ReadAsStringAsync(Token);
        Assert.Contains("Did you mean “\u2068dandelion\u2069”?", WebUtility.HtmlDecode(page), StringComparison.Ordinal);

        using var relabelled = await PostAsync(
            "data/change?label=grass", ("change", "relabel"), ("label", "clover"), ("newClass", "true"), ("reason", "three leaves"), ("id", "21"), ("id", "22"), ("id", "987654"));
        Assert.Equal("/data?label=grass&changed=2&refusals=1", relabelled.Headers.Location?.OriginalString);
        Assert.Equal("clover", (await host.GetAsync("api/v1/images/22")).GetProperty("label").GetString());

        using var noReason = await PostAsync("data/change", ("change", "withdraw"), ("id", "21"));
        Assert.Equal(HttpStatusCode.BadRequest, noReason.StatusCode);
        using var withdrawn = await PostAsync("data/change", ("change", "withdraw"), ("reason", "blurred"), ("id", "21"), ("id", "21"));
        Assert.Equal("/data?changed=1&refusals=0", withdrawn.Headers.Location?.OriginalString);
        var history = (await host.GetAsync("api/v1/images/21")).GetProperty("history").EnumerateArray();
        Assert.Equal(["add", "relabel", "withdraw"], history.Select(item => item.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task Class_is_renamed_and_merged_only_when_that_is_meant()
    {
        foreach (var id in new[] { 31, 32 })
        {
            await host.CallAsync("POST", $"api/v1/images/{id}/relabel", new { label = "Mooss", newClass = true });
        }

        var (renamed, body) = await host.CallAsync("POST", "api/v1/classes/rename", new { from = "Mooss", to = "moss" });
        Assert.Equal((HttpStatusCode.OK, 2), (renamed, body.GetProperty("photos").GetInt32()));
        Assert.Equal("moss", (await host.GetAsync("api/v1/images/31")).GetProperty("label").GetString());
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", "api/v1/classes/rename", new { from = "Mooss", to = "x" }, "There is no class 'Mooss'.");
        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", "api/v1/classes/rename", new { from = "moss", to = "grass" }, "There is a class 'grass' already.");

        var statistics = WebUtility.HtmlDecode(await PageAsync("data/statistics"));
        Assert.Contains(">\u2068moss\u2069 (photos: 2)</option>", statistics, StringComparison.Ordinal);
        Assert.Contains("A merge can’t be undone", statistics, StringComparison.Ordinal);

        using var asked = await PostAsync("data/classes/rename", ("from", "moss"), ("to", "grass"));
        Assert.Equal(HttpStatusCode.Conflict, asked.StatusCode);
        Assert.Contains("there is a class “\u2068grass\u2069” already", WebUtility.HtmlDecode(await asked.Content.ReadAsStringAsync(Token)), StringComparison.Ordinal);
        using var merged = await PostAsync("data/classes/rename", ("from", "moss"), ("to", "grass"), ("merge", "true"));
        Assert.Equal("/data/statistics?renamed=2", merged.Headers.Location?.OriginalString);
        Assert.Equal("grass", (await host.GetAsync("api/v1/images/32")).GetProperty("label").GetString());
    }

    [Fact]
    public async Task Class_that_is_written_almost_like_another_is_made_by_renaming_only_when_that_is_meant()
    {
        await host.CallAsync("POST", "api/v1/images/33/relabel", new { label = "fern", newClass = true });

        var twin = new { from = "fern", to = "Dandelion" };
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", "api/v1/classes/rename", twin, "There is no class 'Dandelion', but 'dandelion'.");
        using var asked = await PostAsync("data/classes/rename", ("from", "fern"), ("to", "Dandelion"), ("merge", "true"));
        Assert.Equal(HttpStatusCode.Conflict, asked.StatusCode);
        Assert.Contains("Did you mean “\u2068dandelion\u2069”? To make it, tick “New class”.", WebUtility.HtmlDecode(await asked.Content.ReadAsStringAsync(Token)), StringComparison.Ordinal);
        using var meant = await PostAsync("data/classes/rename", ("from", "fern"), ("to", "Dandelion"), ("newClass", "true"));
        Assert.Equal("/data/statistics?renamed=1", meant.Headers.Location?.OriginalString);

        // A class may change its own case, since that makes no twin.
        await host.CallAsync("POST", "api/v1/images/33/relabel", new { label = "fern", newClass = true });
        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("POST", "api/v1/classes/rename", new { from = "fern", to = "Fern" })).Status);
    }

    [Fact]
    public async Task Class_whose_only_photo_was_erased_is_counted_and_offered_no_more()
    {
        await host.CallAsync("POST", "api/v1/images/35/relabel", new { label = "lichen", newClass = true });
        Assert.Contains("<option value=\"lichen\"", await PageAsync("data?label=grass"), StringComparison.Ordinal);
        Assert.Contains("lichen", await PageAsync("data/statistics"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("POST", "api/v1/images/35/erase", new { })).Status);

        Assert.DoesNotContain("lichen", await PageAsync("data?label=grass"), StringComparison.Ordinal);
        var statistics = await PageAsync("data/statistics");
        Assert.DoesNotContain("lichen", statistics, StringComparison.Ordinal);
        Assert.DoesNotContain("state-erased", statistics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Similarity_is_a_share_as_on_the_other_pages() =>
        Assert.Matches(@"<small>similarity \d+\.\d%</small>", await PageAsync("data/1"));

    [Fact]
    public async Task Label_from_right_to_left_moves_nothing_beside_it()
    {
        const string label = "هندباء (2)";
        foreach (var next in new[] { label, "grass", label })
        {
            await host.CallAsync("POST", "api/v1/images/34/relabel", new { label = next, newClass = true });
        }

        var page = WebUtility.HtmlDecode(await PageAsync("data/34"));
        Assert.Contains($"<s dir=\"auto\">{label}</s>", page, StringComparison.Ordinal);
        Assert.Contains($"<bdi>{label}</bdi>", page, StringComparison.Ordinal);

        var (_, sent) = await host.SendPhotoAsync("api/v1/uploads", await File.ReadAllBytesAsync(host.Samples[0], Token));
        var uploads = await host.GetAsync("api/v1/images?isUpload=true");
        var predicted = WebUtility.HtmlDecode(await PageAsync($"data/{uploads.GetProperty("items")[0].GetProperty("imageId").GetInt64()}"));
        Assert.Contains($"<dd>\u2068{sent.GetProperty("prediction").GetString()}\u2069, ", predicted, StringComparison.Ordinal);
        Assert.Contains("<bdi>dandelion</bdi> <strong>", await PageAsync("models"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Photos_that_never_came_are_no_photos_that_a_filter_hides()
    {
        await using var empty = await HostApplication.StartAsync();
        await empty.Application.Services.GetRequiredService<IImageCatalog>().RegisterAsync([new ManifestEntry("https://photos.example/1.jpg", "moss")], Token);

        using var response = await empty.CreateClient().SendAsync("GET", "data", ("X-Api-Key", empty.Key));

        Assert.Contains("There are no photos yet.", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_page_tells_administrators_alone_how_things_stand()
    {
        var overview = await PageAsync("");
        using var stranger = await host.Host.CreateClient().SendAsync("GET", "", ("Accept", BrowserRequests.Accept));

        Assert.Contains("How things stand", overview, StringComparison.Ordinal);
        Assert.Contains("Version 1 is served.", overview, StringComparison.Ordinal);
        Assert.DoesNotContain("How things stand", await stranger.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_for_a_value_that_can_t_be_read_says_which()
    {
        var page = WebUtility.HtmlDecode(await PageAsync("models/compare?first=a&second=2"));

        Assert.Contains("first is 'a': that can't be read.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Failed to bind", page, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<string> PageAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.ParseAdd(BrowserRequests.Accept);
        request.Headers.Add("X-Api-Key", host.Host.Key);
        using var response = await host.Host.CreateClient().SendAsync(request);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private Task<HttpResponseMessage> GetAsync(string path) => host.Host.CreateClient().SendAsync("GET", path, ("X-Api-Key", host.Host.Key));

    private async Task<HttpResponseMessage> PostAsync(string path, params IEnumerable<(string Name, string Value)> fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await host.Host.CreateClient().SendAsync("POST", path, ("X-Api-Key", host.Host.Key), content);
    }

    [GeneratedRegex("class=\"photo-link\" href=\"(?<address>[^\"]*)\"")]
    private static partial Regex PhotoLink();

    [GeneratedRegex("href=\"(?<address>data[?][^\"]*)\" rel=\"next\"")]
    private static partial Regex NextLink();
}
