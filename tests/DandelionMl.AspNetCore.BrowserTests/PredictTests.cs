using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

public abstract class PredictTests(Browser browser, DemoHost demo)
{
    [Fact]
    public async Task Drop_three_files_answers_each_by_itself()
    {
        var pictures = demo.Host.Draw(2, seed: 81);
        await using var reader = await OpenAsync();
        await reader.GotoAsync("/predict");

        await SendAsync(reader, "drop", [("a flower.jpg", pictures[0]), ("a lawn.jpg", pictures[1]), ("moving.jpg", null)]);

        var results = reader.Page.Locator(".photo-result");
        await Assertions.Expect(results).ToHaveCountAsync(3);
        await Assertions.Expect(results.Nth(0).Locator(".verdict strong")).ToHaveTextAsync("dandelion");
        await Assertions.Expect(results.Nth(1).Locator(".verdict strong")).ToHaveTextAsync("grass");
        await Assertions.Expect(results.Nth(0).Locator(".file")).ToHaveTextAsync("a flower.jpg");
        await Assertions.Expect(results.Nth(0).Locator(".bars dt")).ToHaveTextAsync(["dandelion", "grass"]);
        await Assertions.Expect(results.Nth(2).Locator(".error")).ToContainTextAsync("The format GIF is not supported");
        await Assertions.Expect(results.Nth(0).Locator("> img")).ToBeVisibleAsync();
        await Assertions.Expect(reader.Page.Locator("#said")).Not.ToBeEmptyAsync();
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Several_photos_are_counted_and_their_answers_downloaded_as_a_table()
    {
        var pictures = demo.Host.Draw(2, seed: 84);
        await using var reader = await OpenAsync();
        await reader.GotoAsync("/predict");
        var tally = reader.Page.Locator("#tally");
        await Assertions.Expect(tally).ToBeHiddenAsync();

        await SendAsync(reader, "drop", [("=a, flower.jpg", pictures[0]), ("moving.jpg", null)]);
        await Assertions.Expect(tally).ToContainTextAsync("2 of 2 photos");
        var download = await reader.Page.RunAndWaitForDownloadAsync(() => tally.Locator("a").ClickAsync());
        var rows = (await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken)).Trim('\uFEFF').Split("\r\n");

        Assert.Equal("file,prediction,probability,modelVersion,problem", rows[0]);
        Assert.Matches("^\"'=a, flower\\.jpg\",dandelion,[01](\\.\\d+)?,1,$", rows[1]);
        Assert.StartsWith("moving.jpg,,,,", rows[2], StringComparison.Ordinal);
        Assert.Contains("GIF", rows[2], StringComparison.Ordinal);
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Answers_are_there_again_after_a_reload_until_they_are_removed_or_old()
    {
        var pictures = demo.Host.Draw(2, seed: 87);
        await using var reader = await OpenAsync();
        await reader.Page.Clock.InstallAsync();
        await reader.GotoAsync("/predict");
        var results = reader.Page.Locator(".photo-result");
        await SendAsync(reader, "drop", [("first.jpg", pictures[0]), ("second.jpg", pictures[1])]);
        await Assertions.Expect(reader.Page.Locator(".verdict")).ToHaveCountAsync(2);
        await reader.Page.Clock.FastForwardAsync(1_000);
        await SendAsync(reader, "drop", [("last.jpg", null)]);
        await Assertions.Expect(results.First.Locator(".error")).ToContainTextAsync("GIF");

        await reader.GotoAsync("/models");
        await reader.GotoAsync("/predict");

        await Assertions.Expect(results.Locator(".file")).ToHaveTextAsync(["last.jpg", "first.jpg", "second.jpg"]);
        await Assertions.Expect(results.Locator(".verdict strong")).ToHaveTextAsync(["dandelion", "grass"]);
        await Assertions.Expect(results.Nth(1).Locator("> img")).ToBeVisibleAsync();
        Assert.InRange(await results.Nth(1).Locator("> img").EvaluateAsync<int>("image => image.naturalWidth"), 1, 320);
        await Assertions.Expect(reader.Page.Locator("#tally")).ToContainTextAsync("3 of 3 photos");

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Remove the answers from this page" }).ClickAsync();
        await Assertions.Expect(results).ToHaveCountAsync(0);
        await reader.Page.ReloadAsync();
        await Assertions.Expect(reader.Page.Locator("#tally")).ToBeHiddenAsync();
        await Assertions.Expect(results).ToHaveCountAsync(0);

        await SendAsync(reader, "drop", [("third.jpg", pictures[0])]);
        await Assertions.Expect(reader.Page.Locator(".verdict")).ToHaveCountAsync(1);
        await reader.Page.Clock.FastForwardAsync(56 * 60_000);
        await reader.Page.ReloadAsync();
        await Assertions.Expect(results).ToHaveCountAsync(0);
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Snippets_name_this_hosts_own_address()
    {
        await using var reader = await OpenAsync();
        await reader.GotoAsync("/predict");

        await reader.Page.Locator(".programs summary").ClickAsync();

        var address = new Uri(reader.Page.Url).AbsoluteUri;
        await Assertions.Expect(reader.Page.Locator(".programs code").First).ToHaveTextAsync($"curl {address} -F file=@photo.jpg");
        await Assertions.Expect(reader.Page.Locator(".programs code").Last).ToContainTextAsync($"PostAsync(\"{address}\", form)");
    }

    [Fact]
    public async Task Paste_a_photo_is_answered_with_training_photos_like_it()
    {
        await using var reader = await OpenAsync();
        await reader.GotoAsync("/predict");

        await SendAsync(reader, "paste", [("pasted.jpg", demo.Host.Draw(2, seed: 82)[0])]);

        await Assertions.Expect(reader.Page.Locator(".similar img")).ToHaveCountAsync(4);
        foreach (var picture in await reader.Page.Locator(".similar img").AllAsync())
        {
            await picture.ScrollIntoViewIfNeededAsync();
            await Assertions.Expect(picture).ToHaveJSPropertyAsync("complete", true);
            Assert.InRange(await picture.EvaluateAsync<int>("image => image.naturalWidth"), 1, 240);
        }
    }

    [Fact]
    public async Task Photo_sent_twice_is_said_to_be_known_and_one_without_consent_is_not_kept()
    {
        var picture = demo.Host.TrainingPicture;
        await using var reader = await OpenAsync();
        await reader.GotoAsync("/predict");

        var keep = reader.Page.GetByLabel("Keep my photos");
        await Assertions.Expect(keep).Not.ToBeCheckedAsync();
        await keep.CheckAsync();
        await reader.GotoAsync("/predict");
        await Assertions.Expect(keep).ToBeCheckedAsync();
        var tab = await reader.Context.NewPageAsync();
        await tab.GotoAsync(reader.Page.Url);
        await Assertions.Expect(tab.GetByLabel("Keep my photos")).Not.ToBeCheckedAsync();
        await tab.CloseAsync();
        await reader.Page.Locator("#files").SetInputFilesAsync(picture);
        await Assertions.Expect(reader.Page.Locator(".kept")).ToContainTextAsync("Already known: the same photo");
        await Assertions.Expect(reader.Page.Locator(".similar .twin img")).ToBeVisibleAsync();

        await keep.UncheckAsync();
        await reader.GotoAsync("/predict");
        await Assertions.Expect(keep).Not.ToBeCheckedAsync();
        await reader.Page.Locator("#files").SetInputFilesAsync(demo.Host.Draw(2, seed: 83)[0]);
        await Assertions.Expect(reader.Page.Locator(".verdict")).ToHaveCountAsync(2);
        await Assertions.Expect(reader.Page.Locator(".photo-result").First.Locator(".kept")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Photo_of_something_else_is_said_to_be_like_nothing_known()
    {
        await using var reader = await OpenAsync();
        await reader.GotoAsync("/predict");

        await reader.Page.Locator("#files").SetInputFilesAsync(new FilePayload { Name = "stripes.png", MimeType = "image/png", Buffer = Drawings.Stripes() });

        await Assertions.Expect(reader.Page.Locator(".doubt")).ToContainTextAsync("does not look like anything the model was taught");
        await Assertions.Expect(reader.Page.Locator(".verdict")).ToHaveClassAsync("verdict unknown");
    }

    [Fact]
    public async Task Busy_server_is_waited_for_and_a_damaged_or_large_photo_told_in_words()
    {
        await using var reader = await OpenAsync();
        await reader.Page.Clock.InstallAsync();
        await reader.GotoAsync("/predict");
        var asked = 0;
        await reader.Page.RouteAsync("**/predict/photo", async route =>
        {
            if (Interlocked.Increment(ref asked) == 1)
            {
                await route.FulfillAsync(new() { Status = 429, Headers = new Dictionary<string, string> { ["Retry-After"] = "7" } });
            }
            else
            {
                await route.ContinueAsync();
            }
        });

        await reader.Page.Locator("#files").SetInputFilesAsync(demo.Host.Draw(2, seed: 84)[0]);
        await Assertions.Expect(reader.Page.Locator(".waiting")).ToHaveTextAsync("The server is busy; trying again in 7 s …");
        await reader.Page.Clock.FastForwardAsync(7_000);
        await Assertions.Expect(reader.Page.Locator(".verdict")).ToBeVisibleAsync();

        var photo = await File.ReadAllBytesAsync(demo.Host.TrainingPicture, TestContext.Current.CancellationToken);
        await reader.Page.Locator("#files").SetInputFilesAsync(new FilePayload { Name = "half.jpg", MimeType = "image/jpeg", Buffer = photo[..(photo.Length / 2)] });
        await Assertions.Expect(reader.Page.Locator(".error").First).ToHaveTextAsync("This photo is damaged or incomplete.");
        await reader.Page.Locator("#files").SetInputFilesAsync(
            new FilePayload { Name = "large.jpg", MimeType = "image/jpeg", Buffer = [.. photo[..(photo.Length / 2)], .. new byte[20 * 1024 * 1024]] });
        await Assertions.Expect(reader.Page.Locator(".error").First).ToContainTextAsync("the limit is 20 MB");

        await reader.Page.RouteAsync("**/predict/photo", route => route.FulfillAsync(new() { Status = 413 }));
        await reader.Page.Locator("#files").SetInputFilesAsync(demo.Host.TrainingPicture);
        await Assertions.Expect(reader.Page.Locator(".error").First).ToHaveTextAsync("This photo is too large. The limit is 20 MB, and 50 megapixels.");
    }

    [Fact]
    public async Task Without_scripts_the_form_answers_with_a_page()
    {
        var pictures = demo.Host.Draw(2, seed: 85);
        await using var reader = await OpenAsync(new BrowserNewContextOptions { JavaScriptEnabled = false, Locale = "fr" });
        await reader.GotoAsync("/predict");

        await reader.Page.Locator("#files").SetInputFilesAsync([pictures[0], pictures[1], demo.Host.NoPhoto]);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Envoyer" }).ClickAsync();

        await Assertions.Expect(reader.Page.Locator(".verdict strong")).ToHaveTextAsync(["dandelion", "grass"]);
        await Assertions.Expect(reader.Page.Locator("main .error")).ToContainTextAsync("Ce fichier n’est pas une photo");
        await Assertions.Expect(reader.Page.Locator(".photo-result > img")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Language_and_theme_are_the_reader_s_and_stay()
    {
        await using var reader = await OpenAsync();
        await reader.GotoAsync("/predict");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Français" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync("Qu’y a-t-il sur votre photo\u202f?");
        Assert.Equal($"{demo.Prefix}/predict", new Uri(reader.Page.Url).AbsolutePath);

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Sombre" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await reader.GotoAsync("/");
        await Assertions.Expect(reader.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Assertions.Expect(reader.Page.Locator("html")).ToHaveAttributeAsync("lang", "fr");
        await reader.GotoAsync("/predict");
        await reader.Page.Locator("#keep").CheckAsync();
        await reader.Page.Locator("#files").SetInputFilesAsync(demo.Host.TrainingPicture);
        await Assertions.Expect(reader.Page.Locator(".kept")).ToContainTextAsync("Déjà connue");
    }

    private Task<Reader> OpenAsync(BrowserNewContextOptions? options = null) => browser.OpenAsync(demo.Host.Address, options);

    /// <summary>Gives the page files as a drop or a paste does; a GIF where there is no path.</summary>
    private static async Task SendAsync(Reader reader, string kind, (string Name, string? Path)[] files)
    {
        var contents = files.Select(file => new[] { file.Name, file.Path is null ? "R0lGODlhAQABAAAAACw=" : Convert.ToBase64String(File.ReadAllBytes(file.Path)) });
        await reader.Page.EvaluateAsync(
            """
            ([kind, files]) => {
                const transfer = new DataTransfer();
                for (const [name, content] of files) {
                    transfer.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name, { type: 'image/jpeg' }));
                }
                const options = { bubbles: true, cancelable: true };
                document.body.dispatchEvent(kind === 'drop'
                    ? new DragEvent('drop', { ...options, dataTransfer: transfer })
                    : new ClipboardEvent('paste', { ...options, clipboardData: transfer }));
            }
            """,
            new object[] { kind, contents.ToArray() });
    }
}
