using DandelionMl.AspNetCore.BrowserTests.Support;

// The same tests twice: at the root of a host, and under a prefix. How the pages look and what they weigh is seen at the root alone.
namespace DandelionMl.AspNetCore.BrowserTests.AtRoot
{
    public sealed class Data(Browser browser, DemoHost demo) : DataTests(browser, demo), IClassFixture<DemoHost>;

    public sealed class FirstRun(Browser browser) : FirstRunTests(browser, "");

    public sealed class Model(Browser browser, DemoHost demo) : ModelTests(browser, demo), IClassFixture<DemoHost>;

    public sealed class Pipeline(Browser browser) : PipelineTests(browser, "");

    public sealed class Predict(Browser browser, DemoHost demo) : PredictTests(browser, demo), IClassFixture<DemoHost>;

    public sealed class Review(Browser browser) : ReviewTests(browser, "");

    public sealed class ReviewUndo(Browser browser) : ReviewUndoTests(browser, "");

    public sealed class ReviewTogether(Browser browser) : ReviewTogetherTests(browser, "");

    public sealed class NewClass(Browser browser) : NewClassTests(browser, "");

    public sealed class SignIn(Browser browser) : SignInTests(browser, "");

    public sealed class Suggestion(Browser browser) : SuggestionTests(browser, "");
}

namespace DandelionMl.AspNetCore.BrowserTests.UnderPrefix
{
    public sealed class Data(Browser browser, PrefixedDemoHost demo) : DataTests(browser, demo), IClassFixture<PrefixedDemoHost>;

    public sealed class FirstRun(Browser browser) : FirstRunTests(browser, PrefixedDemoHost.Plants);

    public sealed class Model(Browser browser, PrefixedDemoHost demo) : ModelTests(browser, demo), IClassFixture<PrefixedDemoHost>;

    public sealed class Pipeline(Browser browser) : PipelineTests(browser, PrefixedDemoHost.Plants);

    public sealed class Predict(Browser browser, PrefixedDemoHost demo) : PredictTests(browser, demo), IClassFixture<PrefixedDemoHost>;

    public sealed class Review(Browser browser) : ReviewTests(browser, PrefixedDemoHost.Plants);

    public sealed class ReviewUndo(Browser browser) : ReviewUndoTests(browser, PrefixedDemoHost.Plants);

    public sealed class ReviewTogether(Browser browser) : ReviewTogetherTests(browser, PrefixedDemoHost.Plants);

    public sealed class NewClass(Browser browser) : NewClassTests(browser, PrefixedDemoHost.Plants);

    public sealed class SignIn(Browser browser) : SignInTests(browser, PrefixedDemoHost.Plants);

    public sealed class Suggestion(Browser browser) : SuggestionTests(browser, PrefixedDemoHost.Plants);
}
