using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

/// <summary>What people need who read on a phone, by keyboard, or in colours of their own.</summary>
public sealed class AccessTests(Browser browser, DemoHost demo) : IClassFixture<DemoHost>
{
    private static readonly ViewportSize Phone = new() { Width = 390, Height = 664 };

    [Fact]
    public async Task Answer_is_in_sight_on_a_phone()
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address, new BrowserNewContextOptions { ViewportSize = Phone });
        await reader.GotoAsync("/predict");

        await reader.Page.Locator("#files").SetInputFilesAsync(demo.Host.Draw(2, seed: 91)[0]);

        await Assertions.Expect(reader.Page.Locator(".verdict")).ToBeInViewportAsync(new() { Ratio = 1 });
        await Assertions.Expect(reader.Page.Locator(".photo-result > img")).ToBeInViewportAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/models/1")]
    [InlineData("/data/5")]
    [InlineData("/data/statistics")]
    public async Task Words_of_tables_are_whole_on_a_phone(string path)
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address, new BrowserNewContextOptions { ViewportSize = Phone });
        await reader.SignInAsync(path);

        var broken = await reader.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('.table :is(th, td)')].flatMap(cell => {
                const broken = [];
                const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
                while (texts.nextNode()) {
                    for (const word of texts.currentNode.data.matchAll(/[^\s-]+/g)) {
                        const range = document.createRange();
                        range.setStart(texts.currentNode, word.index);
                        range.setEnd(texts.currentNode, word.index + word[0].length);
                        const rectangles = [...range.getClientRects()];
                        if (new Set(rectangles.map(rectangle => Math.round(rectangle.top))).size > 1) {
                            broken.push(word[0]);
                        }
                    }
                }

                return broken;
            })
            """);

        Assert.NotEqual(0, await reader.Page.Locator(".table td").CountAsync());
        Assert.Empty(broken);
    }

    [Fact]
    public async Task Key_on_a_link_outside_of_the_review_decides_nothing()
    {
        await using var host = await WebHost.StartAsync();
        await host.UploadFreshAsync(2);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        var photo = await reader.PhotoAsync();

        await reader.Page.Locator("footer a").First.FocusAsync();
        await reader.Page.Keyboard.PressAsync("u");
        await reader.Page.Keyboard.PressAsync("1");

        Assert.Equal(photo, await reader.PhotoAsync());
        Assert.Empty(await reader.EventsAsync(photo));
        await Assertions.Expect(reader.Page.Locator("[data-do=undo]")).ToBeDisabledAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Focus_is_seen_on_links_and_on_what_opens(ColorScheme scheme)
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address, new BrowserNewContextOptions { ColorScheme = scheme });
        await reader.SignInAsync("/data/statistics");

        foreach (var element in new[] { ".tabs a", "details.act > summary" })
        {
            // What has the focus after a key has its ring.
            await reader.Page.Keyboard.PressAsync("Tab");
            await reader.Page.Locator(element).First.FocusAsync();
            Assert.InRange(await ContrastOfRingAsync(reader.Page.Locator(element).First), 3, 21);
        }
    }

    [Fact]
    public async Task Chosen_photos_are_told_from_others_in_the_reader_s_own_colours()
    {
        await using var host = await WebHost.StartAsync();
        await host.UploadFreshAsync(2);
        await using var reader = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { ForcedColors = ForcedColors.Active });
        await reader.SignInAsync("/review/grid");
        var photos = reader.Page.Locator(".grid-photo");

        await photos.First.ClickAsync();
        await reader.Page.Locator("h1").EvaluateAsync("() => document.activeElement.blur()");

        Assert.Equal("solid", await StyleAsync(photos.First, "outlineStyle"));
        Assert.Equal("none", await StyleAsync(photos.Last, "outlineStyle"));
        Assert.NotEqual(await StyleAsync(photos.Last, "borderTopColor"), await StyleAsync(photos.First, "borderTopColor"));
    }

    private static Task<string> StyleAsync(ILocator element, string property) =>
        element.EvaluateAsync<string>("(element, property) => getComputedStyle(element)[property]", property);

    /// <summary>How much the ring around what has the focus differs from the page, as WCAG counts it.</summary>
    private static Task<double> ContrastOfRingAsync(ILocator element) => element.EvaluateAsync<double>(
        """
        element => {
            const style = getComputedStyle(element);
            if (style.outlineStyle !== 'solid' || parseFloat(style.outlineWidth) < 2) {
                return 0;
            }

            const pixel = document.createElement('canvas').getContext('2d');
            const luminance = (...colours) => {
                for (const colour of colours) {
                    pixel.fillStyle = colour;
                    pixel.fillRect(0, 0, 1, 1);
                }

                const [red, green, blue] = [...pixel.getImageData(0, 0, 1, 1).data].map(part => part / 255)
                    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
            };
            const page = getComputedStyle(document.documentElement).backgroundColor;
            const [dark, light] = [luminance('white', page), luminance('white', page, style.outlineColor)].sort((one, other) => one - other);
            return (light + 0.05) / (dark + 0.05);
        }
        """);
}
