using System.Net;
using DandelionMl.AspNetCore.Tests.Api;

namespace DandelionMl.AspNetCore.Tests.Pages.Review;

public sealed class HistoryPageTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    [Fact]
    public async Task Decisions_are_found_by_person_and_kind_and_downloaded_as_a_table()
    {
        var ids = new List<long>();
        foreach (var sample in host.Samples)
        {
            var (_, sent) = await host.SendPhotoAsync("predict", await File.ReadAllBytesAsync(sample, TestContext.Current.CancellationToken), fields: ("keep", "true"));
            if (sent.GetProperty("upload").GetProperty("imageId") is { ValueKind: System.Text.Json.JsonValueKind.Number } id)
            {
                ids.Add(id.GetInt64());
            }
        }

        Assert.InRange(ids.Count, 2, int.MaxValue);
        foreach (var (index, id) in ids.Index())
        {
            var (status, _) = await host.CallAsync("POST", $"api/v1/review/{id}/decision", new { action = index == 0 ? "unusable" : "confirm" });
            Assert.Equal(HttpStatusCode.OK, status);
        }

        var page = await ReadAsync("review/history?person=key%3Arobot&decision=unusable");
        Assert.Contains($"<a href=\"data/{ids[0]}\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"<a href=\"data/{ids[1]}\">", page, StringComparison.Ordinal);
        Assert.Contains("<option value=\"key:robot\" selected>", page, StringComparison.Ordinal);
        Assert.Contains("href=\"review/history.csv?person=key%3Arobot&decision=Unusable\"", page, StringComparison.Ordinal);
        Assert.Contains("No decisions match.", await ReadAsync("review/history?person=nobody"), StringComparison.Ordinal);

        // What is no condition is none.
        Assert.Contains($"<a href=\"data/{ids[1]}\">", await ReadAsync("review/history?decision=taken&from=yesterday"), StringComparison.Ordinal);

        var rows = (await ReadAsync("review/history.csv")).TrimEnd().Split("\r\n");
        Assert.Equal("at,person,decision,photo,labelBefore,label", rows[0].TrimStart('\uFEFF'));
        Assert.Equal(ids.Count + 1, rows.Length);
        Assert.Contains($",key:robot,unusable,{ids[0]},", rows[^1], StringComparison.Ordinal);
        Assert.Single((await ReadAsync("review/history.csv?decision=unusable")).TrimEnd().Split("\r\n").Skip(1));
    }

    private async Task<string> ReadAsync(string path)
    {
        var anna = await host.Host.SignInAsync();
        using var response = await anna.SendAsync("GET", path, ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
