using System.ComponentModel.DataAnnotations;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace DandelionMl.AspNetCore.Hosting;

/// <summary>Reads <see cref="DandelionMlWebOptions"/>, and again when they change: from <c>admin.json</c> in the data directory, from the
/// configuration above it, and then as the application says.</summary>
/// <param name="file">The first.</param>
/// <param name="section">The second.</param>
internal sealed class WebOptionsSetup(AdminSettings file, ConfiguredSection section)
    : IConfigureOptions<DandelionMlWebOptions>, IOptionsChangeTokenSource<DandelionMlWebOptions>
{
    public string Name => Options.DefaultName;

    public void Configure(DandelionMlWebOptions options)
    {
        file.Configuration.GetSection(DandelionMlOptions.SectionName).Bind(options);
        section.Value?.Bind(options);
    }

    public IChangeToken GetChangeToken() => section.Value is { } configuration
        ? new CompositeChangeToken([file.Configuration.GetReloadToken(), configuration.GetReloadToken()])
        : file.Configuration.GetReloadToken();
}

/// <summary>The section of the application's configuration that has the settings; null where there is none.</summary>
internal sealed record ConfiguredSection(IConfiguration? Value);

/// <summary>Checks the settings at start.</summary>
internal sealed class WebOptionsValidator : IValidateOptions<DandelionMlWebOptions>
{
    public ValidateOptionsResult Validate(string? name, DandelionMlWebOptions options)
    {
        var failures = options.Security.Failures().ToList();
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options.Pages, new ValidationContext(options.Pages), results, validateAllProperties: true);
        failures.AddRange(results.Select(result => $"{DandelionMlOptions.SectionName}:Pages: {result.ErrorMessage}"));
        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }
}
