using DandelionMl.Hosting;

namespace DandelionMl.Tool.Hosting;

/// <summary>S3 by configuration alone: any setting of <c>DandelionMl:S3</c> turns it on, so that one that is missing is told
/// rather than photos kept in the local folder.</summary>
internal static class ConfiguredS3
{
    public const string SectionName = $"{DandelionMlOptions.SectionName}:S3";

    public static DandelionMlBuilder AddConfiguredS3(this DandelionMlBuilder builder, IConfiguration configuration)
    {
        var section = configuration.GetSection(SectionName);
        if (section.GetChildren().Any(setting => !string.IsNullOrEmpty(setting.Value)))
        {
            builder.UseS3(section);
        }

        return builder;
    }
}
