using System.Diagnostics.CodeAnalysis;
using DandelionMl.Pipelines;
using DandelionMl.Training;

namespace DandelionMl.Tests;

/// <summary>What an application sees of the core. Each public type is a promise, so that there are to be fewer, not more.</summary>
public sealed class PublicSurfaceTests
{
    private const int MostTypes = 173;

    [Fact]
    public void Public_types_are_no_more_than_there_were()
    {
        var types = typeof(Trainer).Assembly.GetExportedTypes();

        Assert.True(types.Length <= MostTypes, $"{types.Length} public types; {MostTypes} are the most. The newest may be internal.");
    }

    [Theory]
    [InlineData(typeof(IPipelineStep))]
    [InlineData(typeof(PipelineContext))]
    [InlineData(typeof(PipelineDefinition))]
    [InlineData(typeof(PipelineStep))]
    [InlineData(typeof(PipelineStep<>))]
    public void What_is_not_settled_says_so(Type type) =>
        Assert.Equal("DANDELION001", type.GetCustomAttributes(false).OfType<ExperimentalAttribute>().Single().DiagnosticId);
}
