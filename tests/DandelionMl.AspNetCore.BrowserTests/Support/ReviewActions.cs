using System.Text.Json;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>What tests do on the pages of the review.</summary>
internal static class ReviewActions
{
    /// <summary>The number of the photo that is shown, once one is.</summary>
    public static async Task<string> PhotoAsync(this Reader reader)
    {
        await Assertions.Expect(reader.Page.Locator("#photo")).ToBeVisibleAsync();
        return (await reader.Page.Locator("#photo").GetAttributeAsync("alt"))!;
    }

    /// <summary>Presses a key, and waits until another photo is shown, or none is left.</summary>
    public static async Task PressAsync(this Reader reader, string key)
    {
        var before = await reader.PhotoAsync();
        await reader.Page.Keyboard.PressAsync(key);
        await reader.Page.WaitForFunctionAsync(
            "before => document.getElementById('photo').hidden || document.getElementById('photo').alt !== before", before);
    }

    /// <summary>Waits until the server has all decisions.</summary>
    public static async Task SavedAsync(this Reader reader) => await reader.Page.WaitForFunctionAsync(
        $"() => (sessionStorage.getItem('dandelion-review-outbox{reader.Prefix}') ?? '[]') === '[]'");

    /// <summary>Calls the API as the page's scripts do.</summary>
    public static async Task<JsonElement> CallAsync(this Reader reader, string method, string path, object? body = null) =>
        await reader.Page.EvaluateAsync<JsonElement>(
            "async ([method, path, body]) => (await import(new URL('js/api.js', document.baseURI)))[method](path, body ?? undefined)", new object?[] { method, path, body });

    /// <summary>What was done with a photo since it came, the oldest first.</summary>
    public static async Task<IReadOnlyList<string>> EventsAsync(this Reader reader, string photo)
    {
        var id = new string([.. photo.Where(char.IsAsciiDigit)]);
        var details = await reader.CallAsync("get", $"/images/{id}");
        return [.. details.GetProperty("history").EnumerateArray().Skip(1)
            .Select(item => $"{item.GetProperty("actor")}: {item.GetProperty("action")} {item.GetProperty("toLabel")}")];
    }

    /// <summary>Sends pictures until enough of them were new.</summary>
    /// <returns>How many wait now.</returns>
    public static async Task<int> UploadFreshAsync(this WebHost host, int count, Func<string, string>? name = null)
    {
        var fresh = 0;
        foreach (var picture in host.Draw(4 * count, seed: 70).Chunk(2 * count).SelectMany((half, index) => half.Select((path, at) => (path, at, index)))
            .OrderBy(item => item.at).ThenBy(item => item.index).Select(item => item.path))
        {
            fresh += await host.UploadAsync([picture], name);
            if (fresh == count)
            {
                return fresh;
            }
        }

        throw new InvalidOperationException($"Only {fresh} of the pictures are new.");
    }
}
