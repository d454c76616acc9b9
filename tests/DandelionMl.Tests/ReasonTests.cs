namespace DandelionMl.Tests;

public sealed class ReasonTests
{
    private static readonly DateTimeOffset At = new(2030, 3, 6, 12, 0, 0, TimeSpan.FromHours(2));

    private static readonly Reason TooSoon = new("TooSoon", new Reason("NewPhotos", 61, 10), At, At.AddDays(-1));

    [Fact]
    public void Reason_is_kept_with_its_values()
    {
        var step = new Reason("Step", "train-model", new Reason("OneClass", "Löwen\"zahn"));
        foreach (var reason in (Reason[])[TooSoon, step, new("Step", "mine", Reason.Said("Out of paper.")), new("Cancelled")])
        {
            var read = Reason.Read(reason.Write(), reason.ToString());

            Assert.Equal((reason.Code, reason.ToString(), reason.Write()), (read.Code, read.ToString(), read.Write()));
        }

        Assert.Equal("61 new photos, 10 needed, but not before 2030-03-06 10:00 UTC, as the last training was on 2030-03-05 10:00", TooSoon.ToString());
        var progress = Assert.IsType<Reason>(Reason.Read(TooSoon.Write(), TooSoon.ToString()).Values[0]);
        Assert.Equal("NewPhotos", progress.Code);
        Assert.Equal([61L, 10L], progress.Values);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("[\"NewPhotos\",61,10]")] // of other words
    [InlineData("[\"OfANewerProgram\",1]")]
    [InlineData("[\"NewPhotos\",61]")]
    [InlineData("[\"TooSoon\",{},{},{}]")]
    [InlineData("[]")]
    [InlineData("[\"\"]")]
    [InlineData("[\"\",1]")]
    [InlineData("{}")]
    [InlineData("not JSON")]
    public void Reason_of_words_that_no_code_means_has_these_alone(string? kept)
    {
        var read = Reason.Read(kept, "the moon is full");

        Assert.Equal((null, "the moon is full", null), (read.Code, read.ToString(), read.Write()));
    }
}
