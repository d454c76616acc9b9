using DandelionMl.Pipelines;

namespace DandelionMl.Tests.Pipelines;

public sealed class TrainingRequestTests
{
    [Theory]
    [InlineData("train", 7)]
    [InlineData("my own, run 3", 12_345_678_901)]
    public void FindRun_reads_what_Of_wrote(string pipeline, long run) => Assert.Equal(run, TrainingRequest.FindRun(TrainingRequest.Of(pipeline, run)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("run 7")]
    [InlineData("pipeline train, run ")]
    [InlineData("pipeline train, run -7")]
    [InlineData("pipeline train, run seven")]
    [InlineData("an application's own")]
    public void FindRun_of_something_else_is_none(string? requestId) => Assert.Null(TrainingRequest.FindRun(requestId));
}
