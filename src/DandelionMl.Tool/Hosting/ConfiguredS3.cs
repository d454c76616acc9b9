using DandelionMl.Hosting;
using DandelionMl.S3;

namespace DandelionMl.Tool.Hosting;

/// <summary>S3 by configuration alone: <c>DandelionMl:S3:Bucket</c> or <c>DandelionMl:S3:Endpoint</c> turns it on.</summary>
internal static class ConfiguredS3
{
    public const string SectionName = $"{DandelionMlOptions.SectionName}:S3";

    public static DandelionMlBuilder AddConfiguredS3(this DandelionMlBuilder builder, IConfiguration configuration)
    {
        var section = configuration.GetSection(SectionName);
        var isOn = !string.IsNullOrEmpty(section[nameof(S3Options.Bucket)]) || !string.IsNullOrEmpty(section[nameof(S3Options.Endpoint)]);
        if (isOn)
        {
            builder.UseS3(section);
        }

        return builder;
    }
}
