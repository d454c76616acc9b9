using System.Globalization;
using DandelionMl.AspNetCore.Pages.Shared;

namespace DandelionMl.AspNetCore.Tests.Pages;

public sealed class PercentTests
{
    [Theory]
    [InlineData(0, "0.0%")]
    [InlineData(0.0001, "< 0.1%")]
    [InlineData(0.0006, "0.1%")]
    [InlineData(0.5, "50.0%")]
    [InlineData(0.99999, "> 99.9%")]
    [InlineData(1, "100.0%")]
    public void Of_share_that_is_nearly_nothing_or_all_is_called_neither(double share, string expected)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");

        Assert.Equal(expected, Percent.Of(share));
    }
}
