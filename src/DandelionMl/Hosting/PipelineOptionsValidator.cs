using DandelionMl.Pipelines;
using Microsoft.Extensions.Options;

namespace DandelionMl.Hosting;

/// <summary>Checks the settings of pipelines at start, against the pipelines there are.</summary>
internal sealed class PipelineOptionsValidator(PipelineCatalog pipelines) : IValidateOptions<DandelionMlOptions>
{
    public ValidateOptionsResult Validate(string? name, DandelionMlOptions options)
    {
        var failures = new PipelineOptionsRules(pipelines).Failures(options.Pipelines).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
