using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Promotion;
using DandelionMl.Reconciliation;
using DandelionMl.Training;

namespace DandelionMl.Tests;

/// <summary>What an application sees of the core. Each public type is a promise, so that there are to be fewer, not more; what is not settled
/// is no promise yet, and says so.</summary>
public sealed class PublicSurfaceTests
{
    private const int MostSettledTypes = 120;
    private const int MostTypes = 160;

    [Fact]
    public void Public_types_are_few()
    {
        var types = typeof(Trainer).Assembly.GetExportedTypes();
        var settled = types.Count(type => type.GetCustomAttribute<ExperimentalAttribute>() is null);

        Assert.True(settled <= MostSettledTypes, $"{settled} settled public types; {MostSettledTypes} are the most. The newest may be internal.");
        Assert.True(types.Length <= MostTypes, $"{types.Length} public types; {MostTypes} are the most. The newest may be internal.");
    }

    [Theory]
    [InlineData("DANDELION001", typeof(IPipelineStep))]
    [InlineData("DANDELION001", typeof(PipelineContext))]
    [InlineData("DANDELION001", typeof(PipelineDefinition))]
    [InlineData("DANDELION001", typeof(PipelineStep))]
    [InlineData("DANDELION001", typeof(PipelineStep<>))]
    [InlineData("DANDELION001", typeof(PipelineRuns))]
    [InlineData("DANDELION002", typeof(PhotoSearch))]
    [InlineData("DANDELION002", typeof(TrainingSetEditor))]
    [InlineData("DANDELION003", typeof(VersionComparer))]
    [InlineData("DANDELION004", typeof(Reconciler))]
    [InlineData("DANDELION005", typeof(HeadMethod))]
    public void What_is_not_settled_says_so(string id, Type type) =>
        Assert.Equal(id, type.GetCustomAttribute<ExperimentalAttribute>()?.DiagnosticId);
}
