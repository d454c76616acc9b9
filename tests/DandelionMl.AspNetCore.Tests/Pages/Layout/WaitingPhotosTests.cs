using System.Globalization;
using System.Net;
using DandelionMl.AspNetCore.Pages.Layout;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.AspNetCore.Tests.Pages.Layout;

public sealed class WaitingPhotosTests
{
    [Fact]
    public async Task CountAsync_database_that_never_answers_is_not_waited_for()
    {
        var time = new FakeTimeProvider();
        var asked = CancellationToken.None;
        var waiting = new WaitingPhotos((_, token) => { asked = token; return new TaskCompletionSource<long>().Task; }, time);

        var count = waiting.CountAsync(Token);
        Assert.False(count.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Null(await count);
        Assert.True(asked.IsCancellationRequested);
    }

    [Fact]
    public async Task CountAsync_database_that_can_t_be_used_or_request_that_is_over_is_no_error()
    {
        var broken = new WaitingPhotos((_, _) => throw new DatabaseException(DatabaseFailure.Unavailable, "gone"), TimeProvider.System);
        Assert.Null(await broken.CountAsync(Token));

        var silent = new WaitingPhotos((_, _) => new TaskCompletionSource<long>().Task, TimeProvider.System);
        Assert.Null(await silent.CountAsync(new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(0, "hidden", "0")]
    [InlineData(2, "data-most=\"99\"", "2")]
    [InlineData(99, "data-most=\"99\"", "99")]
    [InlineData(120, "data-most=\"99\"", "99+")]
    public async Task Menu_has_the_number_of_photos_that_wait_for_those_who_may_review(int photos, string says, string shown)
    {
        await using var host = await HostApplication.StartAsync();
        var database = host.Application.Services.GetRequiredService<Database>();
        await database.WriteAsync(session => AddAsync(session, photos), Token);

        var page = await GetAsync(host, ("X-Api-Key", host.Key));

        Assert.Contains($"<span id=\"waiting\" class=\"count\" {says}", page, StringComparison.Ordinal);
        Assert.Contains($"<span data-count>{shown}</span>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"waiting\"", await GetAsync(host, header: null), StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<int> AddAsync(DatabaseSession session, int photos)
    {
        for (var photo = 0; photo < photos; photo++)
        {
            await session.ExecuteAsync(
                "INSERT INTO plants_data (url_source, label, state, created_at, updated_at) VALUES (@source, 'moss', 'pending', @now, @now)",
                [("source", photo.ToString(CultureInfo.InvariantCulture)), ("now", DateTimeOffset.UnixEpoch)]);
        }

        return photos;
    }

    private static async Task<string> GetAsync(HostApplication host, (string, string)? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("predict", UriKind.Relative));
        request.Headers.Accept.ParseAdd(BrowserRequests.Accept);
        if (header is var (name, value))
        {
            request.Headers.Add(name, value);
        }

        using var response = await host.CreateClient().SendAsync(request);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Token));
    }
}
