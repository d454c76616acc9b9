using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests;

public sealed class DemoTests(DemoFixture demo) : IClassFixture<DemoFixture>
{
    [Theory]
    [InlineData("dandelion")]
    [InlineData("grass")]
    public async Task Predict_picture_never_trained_on_gives_its_label_and_probabilities(string label)
    {
        foreach (var sample in demo.Samples(label))
        {
            var (response, body) = await PostAsync(await File.ReadAllBytesAsync(sample, Token));

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(label, body.GetProperty("prediction").GetString());
            Assert.Equal(1, body.GetProperty("modelVersion").GetInt32());
            var probabilities = body.GetProperty("probabilities").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetSingle());
            Assert.Equal(["dandelion", "grass"], probabilities.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(1, probabilities.Values.Sum(), 1e-4f);
            Assert.Equal(probabilities[label], body.GetProperty("probability").GetSingle());
        }
    }

    [Theory]
    [InlineData("healthz")]
    [InlineData("readyz")]
    [InlineData("openapi/v1.json")]
    [InlineData("scalar")]
    [InlineData("")]
    public async Task Get_page_answers(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await demo.Client.GetAsync(new Uri(path, UriKind.Relative), Token)).StatusCode);

    [Fact]
    public async Task Predict_rubbish_is_a_problem_with_a_reason()
    {
        await AssertProblemAsync(HttpStatusCode.UnsupportedMediaType, "this is no photo"u8.ToArray());
        await AssertProblemAsync(HttpStatusCode.BadRequest, []);
    }

    [Fact]
    public async Task Predict_truncated_photo_is_a_problem_with_a_reason()
    {
        var photo = await File.ReadAllBytesAsync(demo.Samples("grass").First(), Token);

        await AssertProblemAsync(HttpStatusCode.UnprocessableEntity, photo[..(photo.Length / 2)]);
    }

    [Fact]
    public async Task Predict_photo_above_the_limit_is_a_problem()
    {
        using var form = Form(new byte[25 * 1024 * 1024]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "predict") { Content = form };
        request.Headers.ExpectContinue = true;

        using var response = await demo.Client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("The limit for a photo is 20971520 bytes", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_without_the_field_file_is_a_problem()
    {
        using var form = new MultipartFormDataContent { { new StringContent("x"), "other" } };

        using var response = await demo.Client.PostAsync(new Uri("predict", UriKind.Relative), form, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Predict_many_at_once_all_answer()
    {
        var photo = await File.ReadAllBytesAsync(demo.Samples("dandelion").First(), Token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => PostAsync(photo)));

        Assert.All(answers, answer => Assert.Equal("dandelion", answer.Body.GetProperty("prediction").GetString()));
    }

    [Fact]
    public async Task Train_in_another_process_is_served_by_this_one()
    {
        using var folder = new TempFolder();
        await using var first = DandelionProcess.Start("demo", "--data", folder["data"], "--urls", "http://127.0.0.1:0");
        var line = await first.ReadUntilAsync(line => line.StartsWith("Serving on ", StringComparison.Ordinal));
        using var client = new HttpClient { BaseAddress = new Uri(line.Split(' ')[2]) };

        var trained = await DandelionProcess.RunJsonAsync("train", "--force-promote", "to see it served", "--data", folder["data"]);
        Assert.Equal(0, trained.GetProperty("embeddedImages").GetInt32());
        while ((await client.GetFromJsonAsync<JsonElement>(new Uri("", UriKind.Relative), Token)).GetProperty("model").GetProperty("version").GetInt32() != 2)
        {
            Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(0, await first.TerminateAsync());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task AssertProblemAsync(HttpStatusCode status, byte[] photo)
    {
        var (response, body) = await PostAsync(photo);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(body.GetProperty("title").GetString()!);
        Assert.NotEmpty(body.GetProperty("detail").GetString()!);
    }

    private async Task<(HttpResponseMessage Response, JsonElement Body)> PostAsync(byte[] photo)
    {
        using var form = Form(photo);
        var response = await demo.Client.PostAsync(new Uri("predict", UriKind.Relative), form, Token);
        return (response, await response.Content.ReadFromJsonAsync<JsonElement>(Token));
    }

    private static MultipartFormDataContent Form(byte[] photo) => new() { { new ByteArrayContent(photo), "file", "photo.jpg" } };
}
