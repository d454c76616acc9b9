using System.Globalization;
using DandelionMl.AspNetCore.Pages.Predict;
using DandelionMl.AspNetCore.Resources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Tests.Pages.Predict;

public sealed class PredictPageTests
{
    [Theory]
    [InlineData(2, "It recognises: \u20680\u2069, \u20681\u2069.")]
    [InlineData(11, "\u20689\u2069, \u206810\u2069.")]
    [InlineData(12, "\u20688\u2069, \u20689\u2069 and 2 more.")]
    [InlineData(1_000, "\u20689\u2069 and 990 more.")]
    public void LeadOf_many_classes_names_ten(int classes, string end)
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");
        var text = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider().GetRequiredService<IStringLocalizer<Texts>>();
        var labels = Enumerable.Range(0, classes).Select(index => $"{index}").ToArray();

        Assert.EndsWith(end, PredictPage.LeadOf(labels, text), StringComparison.Ordinal);
    }
}
