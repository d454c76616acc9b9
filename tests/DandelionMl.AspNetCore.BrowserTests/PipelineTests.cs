using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

public abstract class PipelineTests(Browser browser, string prefix)
{
    [Fact]
    public async Task Failed_run_tells_why_and_goes_on_from_the_step_that_failed()
    {
        await using var host = await WebHost.StartAsync(prefix, withModel: false);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/pipelines");
        var folder = host.PathOf("drawn-72");

        await reader.StartRunAsync("ingest-dataset", folder);
        await reader.SeesRunAsync("failed");
        await Assertions.Expect(reader.Page.Locator(".run-state")).ToContainTextAsync("is not a folder");
        host.Draw(40, seed: 72);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Resume from insert-urls" }).ClickAsync();

        await reader.SeesRunAsync("succeeded");
        await Assertions.Expect(reader.Page.Locator("#run")).ToContainTextAsync("attempt 2");
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Run_is_cancelled_and_its_page_says_so_with_no_reload()
    {
        await using var run = await SilentRun.StartAsync(browser, prefix);
        var reader = run.Reader;
        await Assertions.Expect(reader.Page.Locator(".graph .box.running .name")).ToHaveTextAsync("process-images");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel the run" }).ClickAsync();
        await reader.SeesRunAsync("cancelled");

        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Resume from process-images" })).ToBeVisibleAsync();
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Page_goes_on_after_an_answer_that_something_on_the_way_replaced()
    {
        await using var run = await SilentRun.StartAsync(browser, prefix);
        var reader = run.Reader;
        await reader.SeesRunAsync("running");

        await reader.Page.RouteAsync("**/log?after=*", route => route.FulfillAsync(new() { Status = 200, Body = "<html>Back soon</html>" }));
        await Assertions.Expect(reader.Page.Locator("#live-trouble")).ToBeVisibleAsync();
        await reader.Page.UnrouteAllAsync();
        await Assertions.Expect(reader.Page.Locator("#live-trouble")).ToBeHiddenAsync();

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel the run" }).ClickAsync();
        await reader.SeesRunAsync("cancelled");
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Button_that_is_pressed_while_the_page_is_refreshed_is_clicked_all_the_same()
    {
        await using var run = await SilentRun.StartAsync(browser, prefix);
        var reader = run.Reader;
        await reader.SeesRunAsync("running");

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel the run" }).HoverAsync();
        var refresh = reader.Page.WaitForRequestFinishedAsync(new() { Predicate = request => request.Url == reader.Page.Url });
        await reader.Page.Mouse.DownAsync();
        await refresh;
        // What the page does with the answer is done by the time of a second one.
        await reader.Page.EvaluateAsync("fetch(location.href).then(answer => answer.text())");
        await reader.Page.Mouse.UpAsync();

        await reader.SeesRunAsync("cancelled");
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Second_run_of_a_busy_pipeline_is_refused_in_words()
    {
        await using var run = await SilentRun.StartAsync(browser, prefix);
        var reader = run.Reader;

        await reader.GotoAsync("/pipelines");
        await reader.Page.Locator("#ingest-dataset-dataset").FillAsync("demo");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Run now: ingest-dataset" }).ClickAsync();

        await Assertions.Expect(reader.Page.Locator("form [role=alert]:visible")).ToContainTextAsync("can have one run at a time");
        Assert.Equal("demo", await reader.Page.Locator("#ingest-dataset-dataset").InputValueAsync());
        Assert.All(reader.TakeComplaints(), complaint => Assert.Contains("409", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_of_a_run_outlives_a_restart_of_the_server()
    {
        await using var run = await SilentRun.StartAsync(browser, prefix);
        var reader = run.Reader;
        await Assertions.Expect(reader.Page.Locator(".graph .box.running .name")).ToHaveTextAsync("process-images");

        await run.Host.RestartAsync(() => Assertions.Expect(reader.Page.Locator("#live-trouble")).ToBeVisibleAsync());

        await Assertions.Expect(reader.Page.Locator("#live-trouble")).ToBeHiddenAsync();
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel the run" }).ClickAsync();
        await reader.SeesRunAsync("cancelled");
    }

    [Fact]
    public async Task Times_are_in_the_readers_zone_and_the_policy_says_why()
    {
        await using var host = await WebHost.StartAsync(prefix, withModel: false);
        await using var reader = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { TimezoneId = "Asia/Tokyo" });
        await reader.SignInAsync("/pipelines");

        var next = reader.Page.Locator("#retrain").Locator("xpath=../..").Locator("time[data-moment=next]").First;
        await Assertions.Expect(next).ToContainTextAsync("Saturday");
        await Assertions.Expect(next).ToContainTextAsync("09:00");
        await Assertions.Expect(next).ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex("00:00 UTC$"));
        await Assertions.Expect(reader.Page.Locator(".retraining")).ToContainTextAsync("0 of 10 new photos needed");
        await Assertions.Expect(reader.Page.Locator(".retraining time")).ToHaveCountAsync(1);
        await Assertions.Expect(reader.Page.Locator(".retraining")).Not.ToContainTextAsync("UTC");
    }

    [Fact]
    public async Task Pages_are_in_French_for_those_who_read_it()
    {
        await using var host = await WebHost.StartAsync(prefix, withModel: false);
        await using var reader = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { Locale = "fr" });
        await reader.GotoAsync($"/sign-in?return={prefix}/pipelines");
        await reader.Page.GetByLabel("Mot de passe").First.FillAsync(WebHost.Password);
        await reader.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(reader.Page.Locator("main")).ToContainTextAsync("Le prochain réentraînement");
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Lancer\u202f: train" })).ToBeVisibleAsync();
        Assert.DoesNotContain("Runs.", await reader.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
    }
}
