using System.Net;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Pages.Preferences;

public sealed class PreferenceTests
{
    [Fact]
    public async Task Theme_is_chosen_and_left_to_the_device_again()
    {
        await using var host = await HostApplication.StartAsync();
        var client = host.CreateClient();
        Assert.Matches("value=\"device\" aria-pressed=\"true\"", await PageAsync(client));

        await ChooseAsync(client, "dark");
        var dark = await PageAsync(client);
        Assert.Contains("data-theme=\"dark\"", dark, StringComparison.Ordinal);
        Assert.Matches("value=\"device\" aria-pressed=\"false\"", dark);

        await ChooseAsync(client, "device");
        Assert.DoesNotContain("data-theme=", await PageAsync(client), StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task ChooseAsync(HostClient client, string theme)
    {
        using var content = new FormUrlEncodedContent([KeyValuePair.Create("theme", theme)]);
        using var response = await client.SendAsync("POST", "preferences", content: content);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
    }

    private static async Task<string> PageAsync(HostClient client)
    {
        using var response = await client.SendAsync("GET", "", ("Accept", BrowserRequests.Accept));
        return await response.Content.ReadAsStringAsync(Token);
    }
}
