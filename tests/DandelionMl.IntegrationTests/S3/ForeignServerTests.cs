using System.Net;
using System.Text;
using DandelionMl.S3;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.IntegrationTests.S3;

/// <summary>Servers that are no S3 store, as a captive portal or a wrong proxy.</summary>
public sealed class ForeignServerTests
{
    private static readonly byte[] Page = Encoding.UTF8.GetBytes("<html><body>Welcome to the hotel's network</body></html>");

    [Fact]
    public async Task Server_that_answers_everything_with_a_page_stores_nothing()
    {
        await using var server = new LoopbackServer((request, _, response) =>
        {
            response.ContentType = "text/html";
            return request.HttpMethod == "HEAD" ? Task.CompletedTask : response.OutputStream.WriteAsync(Page).AsTask();
        });
        using var store = Store(server);
        using var content = new MemoryStream([1, 2, 3]);

        await RefusesAsync(() => store.PutAsync("raw/a.jpg", content, Cancellation));
        await RefusesAsync(() => store.CopyAsync("raw/a.jpg", "raw/b.jpg", Cancellation));
        await RefusesAsync(() => store.ListAsync("raw/", Cancellation).ToListAsync(Cancellation).AsTask());
    }

    [Fact]
    public async Task Server_that_redirects_everything_is_refused()
    {
        await using var server = new LoopbackServer((_, _, response) =>
        {
            response.StatusCode = (int)HttpStatusCode.TemporaryRedirect;
            response.RedirectLocation = "http://127.0.0.1/login";
            return Task.CompletedTask;
        });
        using var store = Store(server);
        using var content = new MemoryStream([1, 2, 3]);

        await RefusesAsync(() => store.PutAsync("raw/a.jpg", content, Cancellation));
        await RefusesAsync(() => store.ExistsAsync("raw/a.jpg", Cancellation));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task RefusesAsync(Func<Task> act) => await Assert.ThrowsAsync<StorageUnavailableException>(act);

    private static S3ImageStore Store(LoopbackServer server) =>
        new(new S3Options { Endpoint = server.Root, Bucket = "plants", AccessKey = "key", SecretKey = "secret", Timeout = TimeSpan.FromSeconds(5) });
}
