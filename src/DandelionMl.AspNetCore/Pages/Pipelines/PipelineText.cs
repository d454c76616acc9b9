using DandelionMl.AspNetCore.Resources;
using DandelionMl.Pipelines;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Pipelines;

/// <summary>Pipelines in the reader's language. An application's own, which have no texts here, are described as it does.</summary>
internal static class PipelineText
{
    public static string Describe(PipelineInfo pipeline, IStringLocalizer<Texts> text) =>
        text[$"Pipeline.{pipeline.Id}"] is { ResourceNotFound: false } found ? found : pipeline.Description;

    public static string Describe(PipelineInfo pipeline, PipelineParameter parameter, IStringLocalizer<Texts> text) =>
        text[$"Pipeline.{pipeline.Id}.{parameter.Name}"] is { ResourceNotFound: false } found ? found : parameter.Description;
}
