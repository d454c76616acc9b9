using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Options;

namespace DandelionMl.Tests.Registry;

public sealed class RejectedVersionsTests() : RejectedVersionsSuite(new SqliteFile())
{
    [Theory]
    [InlineData("0.23:59:59", false)]
    [InlineData("-1.00:00:00", false)]
    [InlineData("36501.00:00:00", false)]
    [InlineData("1.00:00:00", true)]
    [InlineData("0.00:00:00", true)]
    public async Task Retention_is_a_day_or_more_or_nothing(string retention, bool isAccepted)
    {
        await using var loop = new TestLoop(options => options.Gate.RejectedRetention = TimeSpan.Parse(retention, null));
        if (isAccepted)
        {
            Assert.Equal(TimeSpan.Parse(retention, null), loop.Get<RejectedVersions>().Retention);
            return;
        }

        var error = Assert.Throws<OptionsValidationException>(() => loop.Get<RejectedVersions>());
        Assert.Contains("RejectedRetention must be between 1.00:00:00 and 36500.00:00:00, or 0.", error.Message, StringComparison.Ordinal);
    }
}
