using System.Text.RegularExpressions;
using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

/// <summary>What the browser makes of a photo before it sends it.</summary>
public sealed class ScalingTests(Browser browser, DemoHost demo) : IClassFixture<DemoHost>
{
    /// <summary>Notes what is sent to be classified.</summary>
    private const string Recorder =
        """
        const send = fetch;
        window.sent = [];
        window.fetch = async (url, options) => {
            const photo = options?.body instanceof FormData ? options.body.get('file') : null;
            if (photo) {
                const picture = await createImageBitmap(photo).catch(() => null);
                sent.push(`${photo.name} ${photo.type} ${picture?.width} x ${picture?.height}`);
            }

            return send(url, options);
        };
        """;

    [Fact]
    public async Task Large_photo_is_scaled_upright_unless_it_is_to_be_kept()
    {
        var photo = Drawings.OnItsSide(3000, 2000);
        await using var reader = await OpenAsync();

        await SendAsync(reader, photo, answers: 1);
        await reader.Page.GetByLabel("Keep my photos").CheckAsync();
        await SendAsync(reader, photo, answers: 2);
        await reader.Page.GetByLabel("Keep my photos").UncheckAsync();
        await SendAsync(reader, await File.ReadAllBytesAsync(demo.Host.TrainingPicture, TestContext.Current.CancellationToken), answers: 3);

        var sent = await reader.Page.EvaluateAsync<string[]>("() => sent");
        Assert.Equal(["a.jpg image/jpeg 1365 x 2048", "a.jpg image/jpeg 2000 x 3000"], sent[..2]);
        Assert.DoesNotContain("2048", sent[2], StringComparison.Ordinal);
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Large_photo_that_is_to_be_kept_tells_how_far_it_is_on_its_way()
    {
        var photo = Drawings.Noise(seed: 5, side: 2100);
        Assert.InRange(photo.Length, 2_500_000, 15_000_000);
        await using var reader = await OpenAsync();
        await reader.Page.GetByLabel("Keep my photos").CheckAsync();
        var network = await reader.Context.NewCDPSessionAsync(reader.Page);
        await network.SendAsync("Network.enable");
        await network.SendAsync("Network.emulateNetworkConditions", new()
        {
            ["offline"] = false, ["latency"] = 0, ["downloadThroughput"] = -1, ["uploadThroughput"] = 1_000_000,
        });

        await reader.Page.Locator("#files").SetInputFilesAsync(new FilePayload { Name = "large.jpg", MimeType = "image/jpeg", Buffer = photo });

        await Assertions.Expect(reader.Page.Locator(".waiting")).ToHaveTextAsync(new Regex(@"^Sending: \d+\.\d%$"));
        await Assertions.Expect(reader.Page.Locator(".photo-result .verdict")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Photo_that_can_t_be_scaled_is_sent_as_it_is_and_the_server_says_what_is_wrong()
    {
        var photo = Drawings.OnItsSide(3000, 2000);
        await using var reader = await OpenAsync();

        await reader.Page.Locator("#files").SetInputFilesAsync(new FilePayload { Name = "half.jpg", MimeType = "image/jpeg", Buffer = photo[..(photo.Length / 2)] });
        await Assertions.Expect(reader.Page.Locator(".error").First).ToHaveTextAsync("This photo is damaged or incomplete.");

        await reader.Page.EvaluateAsync("() => { window.createImageBitmap = () => Promise.reject(new Error('no memory')); }");
        await SendAsync(reader, photo, answers: 1);
    }

    [Fact]
    public async Task What_can_be_seen_through_lies_on_white()
    {
        await using var reader = await OpenAsync();

        var pixel = await reader.Page.EvaluateAsync<int[]>(
            """
            async () => {
                const { scaleDown } = await import(new URL('js/scale.js', document.baseURI));
                const canvas = Object.assign(document.createElement('canvas'), { width: 2100, height: 20 });
                const scaled = await scaleDown(await new Promise(resolve => canvas.toBlob(resolve, 'image/png')));
                const context = document.createElement('canvas').getContext('2d');
                context.drawImage(await createImageBitmap(scaled), 0, 0);
                return [...context.getImageData(5, 5, 1, 1).data];
            }
            """);

        Assert.Equal([255, 255, 255, 255], pixel);
    }

    private static async Task SendAsync(Reader reader, byte[] photo, int answers)
    {
        await reader.Page.Locator("#files").SetInputFilesAsync(new FilePayload { Name = "a.jpg", MimeType = "image/jpeg", Buffer = photo });
        await Assertions.Expect(reader.Page.Locator(".verdict")).ToHaveCountAsync(answers);
    }

    private async Task<Reader> OpenAsync()
    {
        var reader = await browser.OpenAsync(demo.Host.Address);
        await reader.Context.AddInitScriptAsync(Recorder);
        await reader.GotoAsync("/predict");
        return reader;
    }
}
