using System.Globalization;
using System.Net;
using DandelionMl.AspNetCore.Pages.Settings;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Tests.Pages.Settings;

public sealed class SettingsPageTests
{
    private static readonly IStringLocalizer<Texts> _text =
        new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider().GetRequiredService<IStringLocalizer<Texts>>();

    [Fact]
    public async Task Settings_are_shown_as_they_are_beside_what_they_would_be()
    {
        await using var host = await HostApplication.StartAsync(settings: new() { ["Gate:MinimumAccuracy"] = "0.93", ["Pipelines:TimeZone"] = "Europe/Paris" });
        var anna = await host.SignInAsync();
        using var response = await anna.SendAsync("GET", "settings", ("Accept", BrowserRequests.Accept));
        var page = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Matches("<td>93\\.0%\\s*<span class=\"badge\">changed</span></td>\\s*<td>80\\.0%</td>\\s*<td><code>DandelionMl:Gate:MinimumAccuracy</code></td>", page);
        Assert.Matches("<td>Europe/Paris\\s*<span class=\"badge\">changed</span></td>\\s*<td>UTC</td>", page);
        Assert.Equal(2, page.Split(">changed<").Length - 1);
    }

    [Fact]
    public void Every_setting_has_words_and_its_property()
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");
        Assert.All(ShownSetting.List(new DandelionMlOptions()), setting =>
        {
            Assert.False(_text[$"Setting.{setting.Key}"].ResourceNotFound, setting.Name);
            Assert.False(_text[$"Setting.Section{setting.Section}"].ResourceNotFound, setting.Name);
            Assert.False(setting.IsChanged, setting.Name);
            var section = typeof(DandelionMlOptions).GetProperty(setting.Section)!;
            Assert.NotNull(section.PropertyType.GetProperty(setting.Name[(setting.Section.Length + 1)..]));
        });
    }

    [Fact]
    public void Values_are_shown_with_their_units()
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");

        Assert.Equal(
            ["5.0%", "Yes", "20 MB", "20,000", "365 days", "5 min", "none", "UTC"],
            ((object[])[0.05, true, 20L * 1024 * 1024, 20_000, TimeSpan.FromDays(365), TimeSpan.FromMinutes(5), TimeSpan.Zero, "UTC"])
                .Select(value => SettingText.Show(value, _text)));
    }

    [Fact]
    public async Task Icon_is_found_where_browsers_look_for_it()
    {
        await using var host = await HostApplication.StartAsync();
        using var response = await host.CreateClient().SendAsync("GET", "favicon.ico");

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.StartsWith("/img/icon-192.png?v=", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var icon = await host.CreateClient().SendAsync("GET", response.Headers.Location.OriginalString);
        Assert.Equal("image/png", icon.Content.Headers.ContentType?.MediaType);
    }
}
