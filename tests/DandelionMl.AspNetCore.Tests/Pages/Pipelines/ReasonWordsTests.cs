using System.Globalization;
using DandelionMl.AspNetCore.Pages.Pipelines;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.Retraining;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Tests.Pages.Pipelines;

public sealed class ReasonWordsTests
{
    private static readonly IStringLocalizer<Texts> _text =
        new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider().GetRequiredService<IStringLocalizer<Texts>>();

    private static readonly DateTimeOffset Now = new(2030, 3, 6, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_reason_has_words_in_each_language() => Assert.All(Reason.Codes, code =>
    {
        foreach (var language in (string[])["en", "fr"])
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            Assert.False(_text[$"Reason.{code}"].ResourceNotFound, code);
        }
    });

    [Fact]
    public void Reason_of_the_policy_is_told_in_French()
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("fr");

        Assert.Equal(
            "nouvelles photos\u202F: 12, il en faut 10, mais seulement 2 de la classe \u2068pissenlit\u2069, il en faut 3",
            ReasonWords.Of(Decide(new RetrainPolicyOptions { MinimumNewImagesPerClass = 3 }, 2, 10), _text));
        Assert.Equal(
            "nouvelles photos\u202F: 40, il en faut 10, mais pas avant le 06/03/2030 13:00 UTC, car le dernier entraînement date du 05/03/2030 13:00 UTC",
            ReasonWords.Of(Decide(new RetrainPolicyOptions { MinimumInterval = TimeSpan.FromDays(1) }, 20, 20), _text));
        Assert.Equal("imposé\u202F; nouvelles photos\u202F: 0, il en faut 10", ReasonWords.Of(new Reason("Forced", new Reason("NewPhotos", 0, 10)), _text));
        Assert.Equal("Out of paper.", ReasonWords.Of(Reason.Said("Out of paper."), _text));
    }

    private static Reason Decide(RetrainPolicyOptions options, int dandelions, int grass) => new RetrainPolicy(options).Decide(new RetrainSituation
    {
        NewImages = new Dictionary<string, int> { ["gazon"] = grass, ["pissenlit"] = dandelions },
        LastTrainedAt = Now.AddHours(-23),
        Now = Now,
    }).Why;
}
