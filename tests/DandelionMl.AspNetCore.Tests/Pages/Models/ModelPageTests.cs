using System.Net;
using System.Text.RegularExpressions;
using DandelionMl.AspNetCore.Tests.Api;
using DandelionMl.AspNetCore.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Pages.Models;

/// <summary>What the pages tell of a version.</summary>
public sealed partial class ModelPageTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    [Fact]
    public async Task Number_of_the_confusion_matrix_leads_to_the_photos_that_it_counts()
    {
        var cells = Cell().Matches(await PageAsync("models/1"));

        Assert.NotEmpty(cells);
        foreach (Match cell in cells)
        {
            var photos = await PageAsync(cell.Groups["address"].Value);
            Assert.Contains($"<p role=\"status\">Photos: {cell.Groups["count"].Value}</p>", photos, StringComparison.Ordinal);
            Assert.Matches("value=\"test\" checked", photos);
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("champion", true)]
    [InlineData("rejected", false)]
    [InlineData("nonsense", true)]
    public async Task Versions_are_those_in_the_state_that_is_asked_for(string state, bool isShown) =>
        Assert.Equal(isShown, (await PageAsync($"models?state={state}")).Contains("<th scope=\"row\"><a href=\"models/1\">", StringComparison.Ordinal));

    [Fact]
    public async Task Photos_of_both_sides_are_one_of_three_choices()
    {
        var photos = await PageAsync("models/1/photos?label=grass&answer=&split=");

        Assert.Matches("value(=\"\")? checked[^>]*> Both", photos);
    }

    [Theory]
    [InlineData("en", "Fewest test photos of a new class", "Method</dt><dd>Logistic regression<", "Temperature</dt><dd>", "Training by iteration")]
    [InlineData("fr", "Minimum de photos de test d’une nouvelle classe", "Méthode</dt><dd>Régression logistique<", "Température</dt><dd>", "L’apprentissage par itération")]
    public async Task What_it_was_made_with_has_names_and_short_versions(string language, params string[] expected)
    {
        var page = await PageAsync("models/1", language);

        Assert.All(expected, part => Assert.Contains(part, page, StringComparison.Ordinal));
        Assert.Matches(@"SkiaSharp</dt><dd title=""[^""]+"">[\d.]+<", page);
        Assert.DoesNotContain("minimumTestImagesOfNewClass", page, StringComparison.Ordinal);
        Assert.DoesNotContain("logLoss", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Note_is_kept_with_who_wrote_it_and_shown_as_it_was_written()
    {
        const string note = "trained for <b>spring</b>; هندباء";
        await host.RefusedAsync(HttpStatusCode.BadRequest, "PUT", "api/v1/models/1/note", new { note = new string('x', 501) }, "501 characters; the limit is 500");
        await host.RefusedAsync(HttpStatusCode.NotFound, "PUT", "api/v1/models/7/note", new { note });
        Assert.DoesNotContain("<blockquote", await PageAsync("models/1"), StringComparison.Ordinal);

        var (status, body) = await host.CallAsync("PUT", "api/v1/models/1/note", new { note });
        Assert.Equal((HttpStatusCode.OK, note, "key:robot"), (status, body.GetProperty("note").GetProperty("text").GetString(), body.GetProperty("note").GetProperty("actor").GetString()));
        Assert.Contains($"<p dir=\"auto\">{note}</p><footer class=\"note\">key:robot · ", await PageAsync("models/1"), StringComparison.Ordinal);

        using var form = new FormUrlEncodedContent([new("note", "")]);
        using var removed = await host.Host.CreateClient().SendAsync("POST", "models/1/note", ("X-Api-Key", host.Host.Key), form);
        Assert.Equal("/models/1?done=noted", removed.Headers.Location?.OriginalString);
        Assert.Contains("The note is removed.", await PageAsync("models/1?done=noted"), StringComparison.Ordinal);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await host.GetAsync("api/v1/models/1")).GetProperty("note").ValueKind);
    }

    [Theory]
    [InlineData("en", "Model card: version 1", "95% interval: ", "It gives one of its classes to any photo")]
    [InlineData("fr", "Fiche du modèle\u202f: version 1", "Intervalle à 95\u00a0%\u202f: ", "Elle donne une de ses classes à toute photo")]
    public async Task Model_card_says_the_same_on_the_page_and_as_Markdown(string language, params string[] expected)
    {
        var page = await PageAsync("models/1/card", language);
        var markdown = await PageAsync("models/1/card.md", language);

        Assert.All(expected, text => Assert.Contains(text, page, StringComparison.Ordinal));
        Assert.All(expected, text => Assert.Contains(text, markdown, StringComparison.Ordinal));
        Assert.StartsWith($"# {expected[0]}\n", markdown, StringComparison.Ordinal);
        Assert.Matches(@"\n\| dandelion \| \d+ \| \d+ \| [\d,.]+ ?% \| [\d,.]+ ?% \|\n", markdown.Replace('\u00a0', ' ').Replace('\u202f', ' '));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [GeneratedRegex("""href="(?<address>models/1/photos\?label=[^"&]+&answer=[^"&]+&split=test)"[^>]*>(?<count>\d+)<""")]
    private static partial Regex Cell();

    private async Task<string> PageAsync(string path, string language = "en")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.ParseAdd(BrowserRequests.Accept);
        request.Headers.AcceptLanguage.ParseAdd(language);
        request.Headers.Add("X-Api-Key", host.Host.Key);
        using var response = await host.Host.CreateClient().SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Token));
    }
}
